"""Scripts and style sheets as they are served: what only readers need is gone, literals are as they were."""

from __future__ import annotations

import pytest

from components.ui.bundle.source_text import script, style


@pytest.mark.parametrize(
    ("source", "served"),
    [
        ("/** A */\nconst a = 1; // one\n\n\n  // two\n  const b = 2;\n", "const a = 1; \nconst b = 2;\n"),
        ("const url = \"http://x\"; const b = '/* c */';", "const url = \"http://x\"; const b = '/* c */';"),
        ("const t = `a // b\n\n  /* c */`;", "const t = `a // b\n\n  /* c */`;"),
        ("`${ /* c */ { a: `//x\n\n` }.a }\n\n//y`", "`${  { a: `//x\n\n` }.a }\n\n//y`"),
        ("x.replace(/\\/\\*[`'\"]/g, '')", "x.replace(/\\/\\*[`'\"]/g, '')"),
        ("const half = a / b; // c / d\nrest", "const half = a / b; \nrest"),
        ('f(/[/"]/); // c', 'f(/[/"]/); '),
        ("`a\\`//b`", "`a\\`//b`"),
        ("`$a $${b}`", "`$a $${b}`"),
    ],
)
def test_comments_go_and_literals_stay(source, served):
    assert script(source) == served


@pytest.mark.parametrize("source", ["`a", "`a ${b", "`a ${`b`"])
def test_a_literal_without_an_end_is_refused_or_left_at_its_end(source):
    try:
        assert script(source) == source
    except ValueError as error:
        assert "without an end" in str(error)


@pytest.mark.parametrize(
    ("source", "served"),
    [
        ("/* a\n b */\n\na {\n  color: red; /* b */\n}\n", "a {\ncolor: red; \n}\n"),
        ('a::before { content: "/* no */"; }', 'a::before { content: "/* no */"; }'),
        ("a { background: url('x//y'); }", "a { background: url('x//y'); }"),
    ],
)
def test_style_sheets_too(source, served):
    assert style(source) == served
