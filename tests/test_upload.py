"""Publishing to stores: a folder, memory, and S3 through a server on this machine."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from edition_specimen import edition
from typer.testing import CliRunner, Result

from capexlib.cli.app import app
from capexlib.errors import DeliveryError, ParamsError
from capexlib.publish import manifest as manifests
from capexlib.publish import upload, verify
from capexlib.publish.gate import check_edition
from capexlib.publish.upload import POINTER, Placed, publish_edition, shown_address

AS_OF = "2025-12-23"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return edition(tmp_path / "reports")


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """Run an S3 server; the drivers find it through the environment, as a user's would."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    given = {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "testing-id", "AWS_DEFAULT_REGION": "us-east-1",
             "AWS_SECRET_ACCESS_KEY": "testing-secret", "AWS_EC2_METADATA_DISABLED": "true"}  # fmt: skip
    before = dict(os.environ)
    os.environ.update(given)
    try:
        fsspec.filesystem("s3").mkdir("briefs")
        yield "s3://briefs/reports"
    finally:
        fsspec.filesystem("s3").clear_instance_cache()
        os.environ.clear()
        os.environ.update(before)
        server.stop()


@pytest.fixture(params=["folder", "memory", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "s3":
        yield request.getfixturevalue("s3_address")
        store = fsspec.filesystem("s3")
        store.invalidate_cache()
        if store.exists("briefs/reports"):
            store.rm("briefs/reports", recursive=True)
    else:
        yield {"folder": str(tmp_path / "store"), "memory": "memory://reports"}[request.param]
        fsspec.filesystem("memory").store.clear()


def there(url: str) -> dict[str, bytes]:
    """Read everything a store holds, by its path under the address."""
    store, root = fsspec.url_to_fs(url)
    store.invalidate_cache()
    if not store.exists(root):
        return {}
    return {path.removeprefix(root).lstrip("/"): store.cat_file(path) for path in store.find(root)}


def changed(folder: Path) -> Path:
    """Make another edition of the same case and date."""
    record = verify.read_manifest(folder)
    (folder / "scale.html").write_text("another page", encoding="utf-8")
    for entry in record["files"]:
        path = folder / entry["name"]
        entry |= {"sha256": manifests.sha256(path), "bytes": path.stat().st_size}
    verify.write_manifest(folder, record)
    return folder


def publish(folder: Path, url: str, *more: str) -> Result:
    return CliRunner().invoke(app, ["publish", str(folder), url, *more])


def test_arrives_whole_and_once(folder: Path, url: str) -> None:
    assert publish_edition(folder, url)[0] is Placed.CREATED
    held = there(url)
    sent = {
        f"acme/{AS_OF}/{p.relative_to(folder).as_posix()}": p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }
    pointer = json.loads(held.pop(f"acme/{POINTER}"))
    assert held == sent
    assert pointer["as_of"] == AS_OF
    assert publish_edition(folder, url)[0] is Placed.THERE
    assert {name: text for name, text in there(url).items() if not name.endswith(POINTER)} == sent


def test_a_different_edition_needs_force(folder: Path, url: str, tmp_path: Path) -> None:
    publish_edition(folder, url)
    before = there(url)
    other = changed(edition(tmp_path / "other"))
    refused = publish(other, url, "--unchecked")
    assert refused.exit_code == 2
    assert "Use --force" in refused.stderr
    assert there(url) == before
    done = publish(other, url, "--force", "--unchecked", "--json")
    assert json.loads(done.stdout)["outcome"] == "replaced"
    assert there(url)[f"acme/{AS_OF}/scale.html"] == b"another page"


def test_a_lost_file_is_put_back(folder: Path, url: str) -> None:
    publish_edition(folder, url)
    before = there(url)
    store, root = fsspec.url_to_fs(url)
    store.rm_file(f"{root}/acme/{AS_OF}/scale.pdf")
    assert publish_edition(folder, url)[0] is Placed.REPLACED
    assert there(url) == before


class Interrupted(BaseException):
    """Stands for the process being stopped."""


def interrupt_at(monkeypatch: pytest.MonkeyPatch, url: str, step: int) -> list[str]:
    """Let the numbered change of the store be the last, whatever it is."""
    store = fsspec.url_to_fs(url)[0]
    taken: list[str] = []

    def guarded(name: str, original: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            taken.append(name)
            if len(taken) >= step > 0:
                raise Interrupted
            return original(*args, **kwargs)

        return call

    for name in ("pipe_file", "cp_file", "rm_file", "rm"):
        monkeypatch.setattr(store, name, guarded(name, getattr(store, name)))
    return taken


def half_readable(url: str, good: list[dict[str, bytes]]) -> bool:
    """Tell whether a reader who looks for a manifest meets something that is none of the editions."""
    held = {
        name.removeprefix(f"acme/{AS_OF}/"): text
        for name, text in there(url).items()
        if name.startswith(f"acme/{AS_OF}/")
    }
    return "manifest.json" in held and held not in good


@pytest.mark.faults
def test_no_interruption_leaves_half_an_edition(folder: Path, url: str, tmp_path: Path) -> None:
    other = changed(edition(tmp_path / "other"))
    good = [
        {p.relative_to(each).as_posix(): p.read_bytes() for p in each.rglob("*") if p.is_file()}
        for each in (folder, other)
    ]
    publish_edition(folder, url)
    with pytest.MonkeyPatch.context() as patch:
        taken = interrupt_at(patch, url, 0)
        publish_edition(other, url, force=True)
        steps = len(taken)
    assert steps > 2 * len(good[1]) - 2
    for step in sorted({1, 2, steps // 3, steps // 2, *range(max(steps - 6, 1), steps + 1)}):
        publish_edition(folder, url, force=True)
        with pytest.MonkeyPatch.context() as patch:
            interrupt_at(patch, url, step)
            with pytest.raises(Interrupted):
                publish_edition(other, url, force=True)
        assert not half_readable(url, good), step
    assert publish_edition(other, url, force=True)[0] in {Placed.REPLACED, Placed.THERE, Placed.CREATED}
    assert not any(".unfinished" in name for name in there(url))


@pytest.mark.faults
def test_a_store_that_fails_is_8_and_says_no_secret(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "my-very-secret")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left for my-very-secret at memory://reports")

    monkeypatch.setattr(type(fsspec.filesystem("memory")), "pipe_file", full)
    done = publish(folder, "memory://reports")
    assert done.exit_code == 8
    assert "No space left" in done.stderr
    assert "my-very-secret" not in done.output


@pytest.mark.faults
def test_a_store_that_changes_bytes_is_found_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = type(fsspec.filesystem("memory"))
    right = kind.pipe_file
    monkeypatch.setattr(kind, "pipe_file", lambda self, path, value, **kw: right(self, path, value[:-1] + b"?", **kw))
    with pytest.raises(DeliveryError, match="came back changed"):
        publish_edition(folder, "memory://reports")
    assert there("memory://reports") == {}


def test_an_altered_edition_stays_here(folder: Path) -> None:
    (folder / "scale.html").write_text("forged", encoding="utf-8")
    assert publish(folder, "memory://reports").exit_code == 7
    assert there("memory://reports") == {}


# ------------------------------------------------------------------ the quality gate


def test_what_fails_the_gate_stays_here_unless_told_otherwise(folder: Path, tmp_path: Path) -> None:
    changed(folder)
    store = tmp_path / "store"
    refused = publish(folder, str(store))
    assert refused.exit_code == 7
    said, found = refused.stderr, check_edition(folder)
    assert len(found) > 1
    assert all(problem.what in said and problem.cure in said for problem in found)
    assert "fails the quality gate" in said
    assert "--unchecked" in said
    assert not store.exists()
    assert publish(folder, str(store), "--unchecked").exit_code == 0
    assert (store / "acme" / AS_OF / "scale.html").read_text("utf-8") == "another page"


# ------------------------------------------------------------------ editions that nobody should trust


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/hostname", "exhibits/../../x", "C:\\x", "..", "exhibits\\x", "//host/share/x", None, 5, ["scale.html"]],
)  # fmt: skip
def test_a_manifest_that_points_outside_is_2_and_writes_nothing(folder: Path, tmp_path: Path, name: Any) -> None:
    (folder.parent / "x").write_text("a secret", encoding="utf-8")
    record = verify.read_manifest(folder)
    record["files"][0]["name"] = name
    verify.write_manifest(folder, record)
    done = publish(folder, str(tmp_path / "store"), "--unchecked")
    assert done.exit_code == 2, done.output
    assert "lists files outside the edition" in done.stderr
    assert "Do not trust this edition." in done.stderr
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("name", ["scale.html", "exhibits"])
def test_a_link_in_an_edition_is_7_though_its_content_fits(folder: Path, tmp_path: Path, name: str) -> None:
    outside = (folder / name).rename(tmp_path / "outside")
    (folder / name).symlink_to(outside)
    done = publish(folder, str(tmp_path / "store"), "--unchecked")
    assert done.exit_code == 7, done.output
    assert "is a link" in done.stderr
    assert not (tmp_path / "store").exists()


def test_a_link_that_no_manifest_lists_is_7(folder: Path, tmp_path: Path) -> None:
    (folder / "more").symlink_to(tmp_path)
    done = publish(folder, str(tmp_path / "store"), "--unchecked")
    assert done.exit_code == 7
    assert "does not belong to the edition" in done.stderr


@pytest.mark.parametrize(
    ("part", "value"),
    [("case", "../acme"), ("case", "/etc"), ("case", None), ("as_of", ".."), ("as_of", "2025-12-23/..")],
)
def test_a_case_that_names_another_folder_is_2_and_writes_nothing(
    folder: Path, tmp_path: Path, part: str, value: Any
) -> None:
    verify.write_manifest(folder, {**verify.read_manifest(folder), part: value})
    done = publish(folder, str(tmp_path / "store"), "--unchecked")
    assert done.exit_code == 2
    assert "cannot name folders" in done.stderr
    assert not (tmp_path / "store").exists()


def test_pointer_never_goes_back(folder: Path, tmp_path: Path) -> None:
    store = tmp_path / "store" / "acme"
    store.mkdir(parents=True)
    (store / POINTER).write_text('{"as_of": "2026-06-30"}', encoding="utf-8")
    publish_edition(folder, str(tmp_path / "store"))
    assert json.loads((store / POINTER).read_text("utf-8")) == {"as_of": "2026-06-30"}


@pytest.mark.parametrize(
    ("url", "said"),
    [("nowhere://x", "no store is reached by nowhere://"), ("s3://bucket/x", "pip install 'capexlib[s3]'"), ("gs://bucket/x", "pip install gcsfs")],
)  # fmt: skip
def test_missing_drivers_are_named(folder: Path, url: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not url.startswith("nowhere"):

        def absent(address: str, **_: Any) -> Any:
            raise ImportError(address)

        monkeypatch.setattr(fsspec, "url_to_fs", absent)
    done = publish(folder, url)
    assert done.exit_code == 2
    assert said in done.stderr


def test_addresses_are_shown_without_logins() -> None:
    assert shown_address("s3://id:secret@bucket/x?sig=1") == "s3://bucket/x"
    assert shown_address("reports/x") == "reports/x"
    assert "secret" in upload._secrets("s3://id:secret@bucket/x")


def test_not_an_edition(tmp_path: Path) -> None:
    with pytest.raises(ParamsError):
        publish_edition(tmp_path, "memory://reports")
