"""`hub staff` and `hub technician` beside a running hub: what they make works at once."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.integration.commands.launched import ROOT, Launched, call, clean_environment, hub_command
from tests.integration.commands.scenes import Scene, scene_of
from tests.integration.commands.test_beside_a_running_hub import answer, status_of
from tests.integration.visitor import forms_of

SIGN_IN = "/staff/sign-in"
EMAIL = "aino@example.org"


@pytest.fixture
async def scene(shared_hub_run: Launched) -> Scene:
    """Build a visit under way."""
    return await scene_of(shared_hub_run.database())


def signs_in(hub: Launched, email: str, password: str) -> bool:
    """Try to sign in at the hub's page."""
    with httpx.Client(base_url=hub.base_url, trust_env=False, headers={"Accept": "text/html"}) as http:
        (form,) = forms_of(http.get(SIGN_IN))
        return http.post(SIGN_IN, data=form.fields | {"email": email, "password": password}).status_code == 303


def type_password(folder: Path, password: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that reads a password."""
    return subprocess.run(  # noqa: S603 - our own program
        hub_command(*arguments, "--password-stdin"),
        env=clean_environment(folder),
        cwd=ROOT,
        input=password + os.linesep,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


async def test_staff_sign_in_until_they_are_revoked_and_again_with_another_password(
    shared_hub_run: Launched, scene: Scene
) -> None:
    hub, folder = shared_hub_run, shared_hub_run.folder
    made = answer(folder, "staff", "add", EMAIL.upper(), "--role", "dispatcher", "--portal", scene.portal_id)
    assert set(made) == {"email", "password"}
    assert made["email"] == EMAIL
    assert signs_in(hub, EMAIL, made["password"])

    again = call(folder, "staff", "add", EMAIL, "--role", "admin", "--portal", scene.portal_id)
    assert again.returncode == 1
    assert f"{EMAIL} is there already" in again.stderr

    assert call(folder, "staff", "revoke", EMAIL).returncode == 0
    assert not signs_in(hub, EMAIL, made["password"])

    typed = "typed by hand, long"
    changed = type_password(folder, typed, "staff", "password", EMAIL)
    assert changed.returncode == 0, changed.stderr
    assert typed not in changed.stdout
    assert signs_in(hub, EMAIL, typed)


async def test_what_cannot_be_added_is_refused_in_a_line(shared_hub_run: Launched, scene: Scene) -> None:
    folder = shared_hub_run.folder
    short = type_password(folder, "short", "staff", "add", "b@example.org", "--role", "admin", "--portal", "x")
    unknown = call(folder, "staff", "add", "b@example.org", "--role", "admin", "--portal", "po_none")
    nobody = call(folder, "staff", "revoke", "nobody@example.org")
    no_email = call(folder, "staff", "revoke", "nobody")
    no_technician = call(folder, "technician", "enrol", "re_none")
    no_link = call(folder, "technician", "revoke", "en_none")
    wanted = [
        (short, "12 to 1024 characters"),
        (unknown, "there is no portal po_none"),
        (nobody, "there is nobody with the email nobody@example.org"),
        (no_email, "expected an email"),
        (no_technician, "there is no resource re_none"),
        (no_link, "there is no enrolment link en_none"),
    ]
    for done, words in wanted:
        assert done.returncode != 0
        assert words in done.stderr
        assert "Traceback" not in done.stderr


async def test_an_enrolment_link_opens_until_it_is_revoked(shared_hub_run: Launched, scene: Scene) -> None:
    folder = shared_hub_run.folder
    made = answer(folder, "technician", "enrol", scene.resource_id)
    assert set(made) == {"id", "url", "expires_at"}
    assert made["url"].startswith(f"{shared_hub_run.base_url}/tech/enrol/")
    assert status_of(made["url"]) == 200
    shown = call(folder, "technician", "enrol", scene.resource_id).stdout
    assert "Scan this with the technician's phone" in shown
    assert "▄" in shown
    assert call(folder, "technician", "revoke", made["id"]).returncode == 0
    assert status_of(made["url"]) == 404
