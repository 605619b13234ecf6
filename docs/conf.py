"""How the documentation is built: Sphinx, pages in Markdown, everything served from the page's own folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pygments.lexers import TextLexer
from sphinx.application import Sphinx

from sangar import __version__

project = "Sangar"
copyright = "the Sangar authors, Apache-2.0"  # noqa: A001 - the name Sphinx asks for
release = __version__
version = __version__

extensions = ["myst_parser", "mathml"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "pictures"]
nitpicky = True

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3

html_math_renderer = "mathml"
html_theme = "furo"
html_title = f"Sangar {__version__}"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#7a3b00", "color-brand-content": "#7a3b00"},
    "dark_css_variables": {"color-brand-primary": "#f0a050", "color-brand-content": "#f0a050"},
}


def setup(app: Sphinx) -> None:
    """The architecture page's block of function names is plain text to read, and a list to the test that checks it."""
    app.add_lexer("path", TextLexer)
