"""`hub import` and `hub export` as an operator calls them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.commands.launched import call

SHEET = "external_id,name,address,lat,lon\nC-1,Aalto,Kotikatu 1,60.16,24.93\n"


def test_sheets_go_in_and_come_out_again(folder: Path, tmp_path: Path) -> None:
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    (sheets / "customers.csv").write_text(SHEET)
    (sheets / "resources.csv").write_text("external_id,name,base_lat,base_lon\nT-1,=Tero,60.17,24.94\n")
    assert call(folder, "migrate").returncode == 0
    nowhere = call(folder, "import", str(sheets))
    assert (nowhere.returncode, "there is no portal yet" in nowhere.stderr) == (1, True)
    assert call(folder, "api-key", "add", "test", "--role", "admin").returncode == 0

    dry = call(folder, "import", str(sheets), "--dry-run")
    assert (dry.returncode, "nothing was changed" in dry.stdout) == (0, True)
    done = call(folder, "import", str(sheets), "--json")
    assert json.loads(done.stdout)["counts"]["accounts"] == {"new": 1, "changed": 0, "unchanged": 0}
    out = tmp_path / "resources.csv"
    assert call(folder, "export", "resources", "--output", str(out)).returncode == 0
    assert "T-1,'=Tero," in out.read_text(encoding="utf-8-sig")
    again = call(folder, "import", str(out))
    assert again.stdout == "resources: 0 new, 0 changed, 1 unchanged\n"


def test_bad_rows_and_files_are_named_with_exit_1(folder: Path, tmp_path: Path) -> None:
    assert call(folder, "migrate").returncode == 0
    assert call(folder, "api-key", "add", "test", "--role", "admin").returncode == 0
    sheet, other = tmp_path / "customers.csv", tmp_path / "Käyttäjät.csv"
    sheet.write_text(SHEET.replace("60.16", "160"))
    other.write_text("external_id,name\nC-1,Käyttö\n", encoding="latin-1")

    refused = call(folder, "import", str(sheet))
    assert (refused.returncode, refused.stdout) == (1, "customers.csv, row 2, lat: Expected float <= 90.0\n")
    assert refused.stderr == "hub: 1 faults; nothing was changed\n"
    nameless = call(folder, "import", str(other))
    assert (nameless.returncode, "--kind" in nameless.stderr) == (1, True)
    latin = call(folder, "import", str(other), "--kind", "accounts")
    assert (latin.returncode, "line 2: not UTF-8" in latin.stdout) == (1, True)
    missing = call(folder, "import", str(tmp_path / "accounts.csv"))
    assert (missing.returncode, "No such file" in missing.stderr) == (1, True)
