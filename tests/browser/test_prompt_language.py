"""Prompts that are plainly not in English: a quiet line says what the model understands best. Names raise no alarm."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from components.messages.catalogue import text
from components.prompts.styles import prompt_styles
from tests.browser.person import Person
from tests.tools.repaint_samples import examples

FOREIGN = (
    *(
        "雪の中の赤い狐",
        "一只红色的狐狸在雪地里",
        "눈 속의 붉은 여우",
        "ثعلب أحمر في الثلج ليلاً",
        "बर्फ में एक लाल लोमड़ी",
    ),
    *("руда лисиця в снігу", "κόκκινη αλεπού στο χιόνι", "東京の夜, cyberpunk, neon, rain", "狐"),
    *("ein roter Fuchs im Schnee", "un zorro rojo en la nieve", "un renard roux dans la neige"),
    *("una volpe rossa nella neve", "uma raposa vermelha na neve com uma lua", "Ein Haus auf dem Berg, bei Nacht"),
    *("retrato de una mujer con sombrero", "un château sous la lune, très détaillé"),
    "gato negro en la noche de los muertos",
)
ENGLISH = (
    *(
        "",
        "a fox",
        "a red fox in the snow at night",
        "<lora:ファイル:0.8> a fox",
        "1girl, masterpiece",
        "α",
    ),
    *("a neon sign that says 東京, rain, wet street", "portrait of Ольга in a red dress", "🦊 ❄️", "x, y, z"),
    *("Vincent van Gogh, Leonardo da Vinci", "Piero della Francesca, Andrea del Sarto, palazzo dei Medici"),
    *("La La Land in Las Vegas, Los Angeles, El Greco", "Notre Dame de Paris, Cirque du Soleil, art nouveau"),
    *("Por una Cabeza, two dancers in the rain", "Día de los Muertos skull", "Das Boot, Der Blaue Reiter, die cut"),
    *("a con man en route to a café, crème brûlée", "Lana Del Rey, Uma Thurman and Che Guevara at the MIT"),
    *("sous chef à la carte, je ne sais quoi", "Rio de Janeiro, Cristo Redentor, Pão de Açúcar", "UN soldiers, Y2K"),
)


def test_what_is_plainly_not_english(scripts: Page) -> None:
    assert [text for text in FOREIGN if not is_foreign(scripts, text)] == []


def test_english_prompts_and_names_raise_no_alarm(scripts: Page) -> None:
    styles = [part for style in prompt_styles().values() for part in (style.prompt, style.negative_prompt)]
    english = [*ENGLISH, *(one["prompt"] for one in examples()), *styles, text("field.prompt.placeholder")]
    assert [text for text in english if is_foreign(scripts, text)] == []


def is_foreign(scripts: Page, prompt: str) -> bool:
    return scripts.evaluate(
        f"import('/prompt/language_guess.js').then(({{ isPlainlyForeign }}) => isPlainlyForeign({json.dumps(prompt)}))"
    )


@pytest.mark.full
@pytest.mark.app("demo")
def test_a_line_comes_and_goes_below_the_prompt_and_moves_nothing(regular: Person) -> None:
    note = regular.page.get_by_text(text("prompt.other_language"), exact=True)
    tools = regular.page.locator("#tools")
    regular.prompt.fill("a fox")
    place = tools.bounding_box()
    regular.prompt.fill("雪の中の赤い狐")
    expect(note).to_be_visible()
    assert tools.bounding_box() == place
    regular.prompt.fill("雪の中の (赤い:1.3) 狐")
    expect(note).to_be_hidden()
    regular.prompt.fill("a red fox")
    expect(note).to_have_count(0)
