"""Vocabulary besides the drawings: places, lights, weathers, features, colours, numbers."""

from __future__ import annotations

from components.engines.demo.brush.colours import Colour

PLACES: dict[str, str] = {
    "table": "table desk kitchen-table plate tray still-life tisch",
    "room": (
        "room bedroom kitchen cosy-room living-room library-room indoors indoor interior inside cafe office"
        " studio fireplace zimmer chambre habitación workshop classroom attic hall tavern"
    ),
    "underwater": "underwater under-water under-the-sea under-the-water deep-sea seabed aquarium reef unterwasser",
    "moon": "on-the-moon moon-surface lunar on-moon auf-dem-mond",
    "mars": "mars on-mars red-planet alien-planet",
    "space": "space outer-space galaxy cosmos nebula universe milky-way weltraum espace espacio orbit",
    "beach": "beach shore coast seaside sand strand plage playa tropical",
    "sea": "sea ocean waves wave harbor harbour bay meer mer mar water pier",
    "lake": "lake pond river see-ufer lac lago stream lagoon",
    "city": (
        "city street town-square downtown metropolis skyline alley urban stadt ville ciudad tokyo york paris"
        " london road highway market cyberpunk-city cityscape"
    ),
    "desert": "desert dune dunes sahara wüste désert desierto savanna savannah canyon",
    "forest": "forest woods jungle wood grove rainforest wald forêt bosque woodland swamp",
    "mountain": "mountain mountains alps peak peaks cliff berg berge montagne montaña himalaya valley",
    "snow": "arctic antarctica tundra glacier ski-slope north-pole south-pole",
    "meadow": (
        "meadow field grass hill hills garden park farm prairie countryside wiese feld garten jardin pré"
        " landscape grassland lawn pasture village-green orchard"
    ),
    "sky": "sky clouds-sky above-the-clouds in-the-clouds himmel ciel cielo heaven",
}

LIGHTS: dict[str, str] = {
    "night": "night midnight nighttime moonlit moonlight dark darkness nacht nuit noche starry nocturnal",
    "sunset": "sunset dusk evening golden-hour twilight sonnenuntergang sundown abend atardecer autumn fall",
    "dawn": "dawn sunrise morning daybreak sonnenaufgang morgen aube amanecer pastel",
    "day": "day daylight noon sunny summer midday bright tag sunlight sunlit spring",
}

WEATHERS: dict[str, str] = {
    "rain": "rain rainy raining drizzle regen pluie lluvia wet",
    "storm": "storm stormy thunder thunderstorm lightning tempest sturm orage tormenta hurricane",
    "fog": "fog foggy mist misty haze hazy nebel brume niebla smoky",
    "snow": "snow snowy snowing winter wintry blizzard frozen ice icy schnee neige nieve verschneit snowfall",
    "cloudy": "cloudy overcast grey-sky gloomy",
}

FEATURES: dict[str, str] = {
    "moon": "moon crescent full-moon mond lune luna",
    "sun": "sun sunshine sonne soleil sol",
    "stars": "star stars starlight constellation sterne étoiles estrellas",
    "rainbow": "rainbow rainbows regenbogen arc-en-ciel arcoíris",
    "clouds": "cloud clouds wolken nuages nubes",
    "aurora": "aurora northern-lights aurora-borealis polarlicht",
    "fireworks": "firework fireworks feuerwerk",
    "neon": "neon cyberpunk synthwave vaporwave futuristic",
    "portrait": "portrait close-up closeup headshot selfie face",
    "flowers": "blooming wildflowers flowery blossoms garden",
}

COLOURS: dict[str, tuple[Colour, str]] = {
    "red": ((216, 44, 38), "red crimson scarlet ruby rot rote roter rouge rojo roja"),
    "orange": ((240, 128, 32), "orange amber"),
    "yellow": ((248, 208, 48), "yellow gelb gelbe jaune amarillo"),
    "gold": ((232, 178, 52), "gold golden goldene doré dorado"),
    "green": ((66, 160, 72), "green emerald grün grüne vert verte verde lime"),
    "teal": ((32, 168, 160), "teal turquoise cyan aqua"),
    "blue": ((44, 100, 220), "blue azure navy blau blaue blauer bleu bleue azul cobalt indigo"),
    "purple": ((138, 72, 200), "purple violet lila violett mauve lavender magenta"),
    "pink": ((244, 120, 176), "pink rosa rosy"),
    "brown": ((134, 88, 54), "brown braun marron tan beige chestnut"),
    "black": ((44, 44, 52), "black schwarz schwarze schwarzer noir noire negro negra"),
    "white": ((246, 246, 250), "white weiß weiße weißer blanc blanche blanco blanca ivory"),
    "grey": ((142, 146, 154), "grey gray silver grau gris silvery"),
}

NUMBERS: dict[str, int] = {
    "one": 1, "two": 2, "pair": 2, "couple": 2, "twin": 2, "three": 3, "trio": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 9, "dozen": 9, "several": 4, "few": 3, "many": 7,
    "lots": 7, "flock": 6, "herd": 5, "group": 4, "swarm": 8, "school": 6, "zwei": 2, "drei": 3, "vier": 4,
    "deux": 2, "trois": 3, "quatre": 4, "dos": 2, "tres": 3, "cuatro": 4,
}  # fmt: skip

_RIDES = "on riding rides ride atop onto sitting-on auf sur sobre in driving drives sailing drive aboard"
RIDES = frozenset(_RIDES.split())
"""Between two things: the first is carried by the second."""

_CARRIERS = (
    "horse donkey camel elephant dragon unicorn zebra llama deer whale turtle tiger lion bear polarbear"
    " sailboat canoe speedboat ship motorcycle scooter bicycle skateboard sled tractor rock log"
    " mushroom chair couch bed books rhino hippo cow pig sheep goat dinosaur trex dolphin duck swan"
    " eagle moose mammoth ox buffalo rooster goose pickup racingcar planet pumpkin lotus kangaroo ufo"
    " giraffe wolf crocodile snail frog"
)
CARRIERS = frozenset(_CARRIERS.split())
"""Drawings on whose back, deck or top another thing can stand."""

_FIGURES = (
    "wizard witch astronaut knight princess prince king vampire zombie ninja guard detective cook farmer"
    " pilot policeman firefighter scientist painter singer santa angel boy girl man woman grandfather"
    " grandmother elf robot alien"
)
FIGURES = frozenset(_FIGURES.split())
"""Drawings of standing figures, the head in the middle of the top."""
