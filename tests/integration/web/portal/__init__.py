"""Tests of the pages by which customers book."""
