"""The HTML brief: one file that opens from disk and asks the network for nothing.

Without scripts every chart is there as a picture, every table as a table, and every
number leads to its row of the appendix. With scripts the pictures are replaced by live
charts drawn by one shared bundle, numbers open to their lineage, and the page redoes
the arithmetic that its manifest carries.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Bool, List, Unicode, default

from capexlib.exhibits import theme
from capexlib.exhibits.render import VEGA_LITE
from capexlib.figures import Status
from capexlib.publish import fonts
from capexlib.publish.brief import Brief, Element, particulars, read_brief
from capexlib.publish.checks import anchors_in, printed_texts, spans_in
from capexlib.publish.columns import column_shares
from capexlib.publish.lineage import Lineage

_BULK = frozenset({"params", "claims", "claim_details", "source_details", "results", "figures"})
_COMPOUND = frozenset({"concat", "hconcat", "vconcat", "facet", "repeat"})


class CapexHTMLExporter(Exporter):
    """nbconvert exporter ``capex_html``: an executed notebook as one offline page.

    Parameters
    ----------
    static : bool
        Leave out specifications, scripts and the bulk of the manifest: under 300 kB, for mail.
    fallback_fonts : list of str
        Font files for characters that the house family lacks.
    """

    static = Bool(default_value=False, help="Pictures only: no chart specifications, no scripts.").tag(config=True)
    fallback_fonts = List(Unicode(), help="Font files for characters outside Lato.").tag(config=True)
    export_from_notebook = "Capex brief (HTML)"
    output_mimetype = "text/html"
    default_preprocessors = List([])

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".html"

    def from_notebook_node(  # pyright: ignore[reportIncompatibleMethodOverride] - nbconvert's exporters all do
        self,
        nb: NotebookNode,
        resources: Any = None,
        **kw: Any,
    ) -> tuple[str, dict[str, Any]]:
        """Set the brief.

        Parameters
        ----------
        nb : NotebookNode
            Executed.
        resources : dict or None
            ``capex_manifest`` (dict) is embedded where given.

        Returns
        -------
        (str, dict)
            The page and nbconvert's resources.

        Raises
        ------
        QualityError
            If the notebook is not a publishable brief.
        """
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        paths = [Path(path) for path in self.fallback_fonts]
        name = resources["metadata"].get("name") or "notebook"
        brief = read_brief(nb, name, resources.get("capex_manifest"), paths)
        return render_html(brief, static=self.static, fallback_fonts=paths), resources


def render_html(brief: Brief, *, static: bool = False, fallback_fonts: list[Path] | None = None) -> str:
    """Return the page of a brief.

    Parameters
    ----------
    brief : Brief
    static : bool
        Without specifications, scripts, and what only they read.
    fallback_fonts : list of Path or None
        Font files for characters outside the house family.
    """
    charts = () if static else brief.of_kind("chart")
    lineage = Lineage(brief.manifest)
    script = "" if static else "".join(map(_own, ["unpack.js", "lineage.js", *(["live.js"] if charts else [])]))
    environment = Environment(
        loader=PackageLoader("capexlib.publish"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.globals["shares"] = column_shares
    facts = particulars(brief.manifest)
    manifest = json_for_script(_identity(brief.manifest) if static else brief.manifest, sort_keys=True)
    digest = hashlib.sha256(manifest.encode()).hexdigest()
    read = _words(lineage) | {"digest": digest, "specs": {chart.id: _fitted(chart) for chart in charts}}
    sheets = ["brief.css"] if static else ["brief.css", "lineage.css"]
    style = _style(
        sheets, _characters(brief, facts, script), fallback_fonts or [],
        has_italics=any(_italics(e.body) for e in brief.elements),
    )  # fmt: skip
    return environment.get_template("brief.html.j2").render(
        m=brief.masthead,
        elements=brief.elements,
        labels=_Labels(brief.labels),
        titles={element.id: element.title for element in brief.elements},
        badges={status.value: status.badge for status in Status},
        firm={status.value for status in Status if status.is_verified},
        particulars=facts,
        description=brief.description,
        policy=_policy(script),
        style=Markup(style),  # noqa: S704 - our own CSS
        manifest=manifest,
        targets=_targets(brief, lineage),
        packed="" if static else _packed(read),
        live={chart.id for chart in charts},
        fixed={chart.id for chart in charts if _is_compound(chart.body["spec"])},
        bundle=_bundle() if charts else "",
        script=Markup(script),  # noqa: S704 - our own script
    )


def json_for_script(value: object, *, sort_keys: bool = False) -> Markup:
    r"""Return JSON that may stand inside a script element: it cannot end the element.

    Examples
    --------
    >>> str(json_for_script({"name": "</script>"}))
    '{"name":"\\u003c/script>"}'
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=sort_keys, separators=(",", ":"), allow_nan=False)
    for char in "<\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - no "<" is left


class _Labels(dict[str, str]):
    """Labels by id; what is not numbered has an empty one."""

    def __missing__(self, key: str) -> str:
        return ""


def _targets(brief: Brief, lineage: Lineage) -> dict[str, str]:
    """Where each number leads without scripts: its appendix row, else the provenance."""
    bodies = [element.body for element in brief.elements]
    anchors = list(anchors_in(bodies))
    last = next((element.id for element in brief.of_kind("provenance")), "top")
    named = dict.fromkeys(span["figure"] for span in spans_in(bodies) if span.get("figure"))
    known = [name for name in named if name in lineage.rows or name in lineage.claims]
    return {name: lineage.anchor(name, anchors) or last for name in known}


def _identity(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return what says which edition a page belongs to, without the numbers that only scripts would open."""
    return {name: value for name, value in manifest.items() if name not in _BULK}


def _words(lineage: Lineage) -> dict[str, Any]:
    """Write out what the page's script cannot: numbers in words, statuses as badges."""
    return {
        "words": {name: [word for word in lineage.words(name) if word] for name in lineage.ids},
        "badges": {status.value: [status.badge, status.is_verified] for status in Status},
    }


def _is_compound(spec: dict[str, Any]) -> bool:
    encoding = spec.get("encoding", {})
    return bool(_COMPOUND & spec.keys() or {"row", "column", "facet"} & encoding.keys())


def _fitted(chart: Element) -> dict[str, Any]:
    spec = chart.body["spec"]
    return spec if _is_compound(spec) else theme.for_container(spec)


def _characters(brief: Brief, facts: tuple[tuple[str, str], ...], script: str) -> set[str]:
    lineage = [brief.manifest, script, "✓‹×"] if script else []
    printed = [brief.masthead, facts, lineage, *(element.body for element in brief.elements)]
    specs = (json.dumps(chart.body["spec"], ensure_ascii=False) for chart in brief.of_kind("chart"))
    texts = [*printed_texts(printed), *specs, fonts.BASIC_LATIN]
    return {char for text in texts for char in text} - fonts.WITHOUT_GLYPH


def _italics(value: object) -> bool:
    if isinstance(value, dict):
        return value.get("em") is True or any(_italics(child) for key, child in value.items() if key != "spec")
    return isinstance(value, list) and any(_italics(child) for child in value)


def _policy(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"'sha256-{digest}' 'unsafe-eval'" if script else "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def _bundle() -> str:
    """Vega, deflated: the page inflates it, a third of the size."""
    import vl_convert

    return _deflated(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", VEGA_LITE))


def _packed(value: dict[str, Any]) -> str:
    """Write what only the script reads, specifications and words, as deflated JSON: a sixth of the size."""
    return _deflated(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False))


def _deflated(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _own(name: str) -> str:
    return files("capexlib.publish").joinpath(f"templates/{name}").read_text(encoding="utf-8")


def _style(sheets: list[str], characters: set[str], fallbacks: list[Path], *, has_italics: bool) -> str:
    directory = fonts.font_directory()
    faces = [
        _face(fonts.FAMILY, directory / name, characters, f"font-weight:{weight};font-style:{style}")
        for (weight, style), name in fonts.FACES.items()
        if style != "italic" or has_italics
    ]
    rest = {char for char in characters if fonts.uncovered(char)}
    for path in fallbacks:
        if covered := {char for char in rest if ord(char) in fonts.coverage(path)}:
            faces.append(_face("Lato Fallback", path, covered, "font-weight:400 700"))
            rest -= covered
    rules = "".join(_own(name) for name in sheets)
    return "\n".join([*faces, re.sub(r"/\*.*?\*/|\n\s*", "", rules), _dark_paints()])


def _face(family: str, path: Path, characters: set[str], descriptors: str) -> str:
    data = base64.b64encode(fonts.subset_woff(path, frozenset(characters))).decode()
    source = f'src:url(data:font/woff;base64,{data}) format("woff")'
    return f'@font-face{{font-family:"{family}";{descriptors};font-display:block;{source}}}'


def _dark_paints() -> str:
    """Map the light page's paints to the dark page's, for pictures and live charts alike."""
    pairs = {theme.LIGHT[role]: theme.DARK[role] for role in theme.LIGHT}
    rules = "".join(
        f'.chart [{use}="{light}" i]{{{use}:{dark}}}' for light, dark in pairs.items() for use in ("fill", "stroke")
    )
    return f"@media screen and (prefers-color-scheme:dark){{{rules}}}"
