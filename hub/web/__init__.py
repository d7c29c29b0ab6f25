"""Ask: HTTP, websockets, pages and forms."""
