from collections import Counter

from benchmarks.corpus.categories.combinations import CLASHES, INGREDIENTS, recipes
from benchmarks.corpus.seeds import Seeds


def test_every_recipe_has_two_to_four_ingredients_that_go_together():
    for recipe in recipes(Seeds(number=3).rng("recipes"), 40):
        assert 2 <= len(recipe) <= 4
        assert not any(len(clash & recipe) > 1 for clash in CLASHES)


def test_every_ingredient_comes_up():
    counts = Counter(name for r in recipes(Seeds(number=3).rng("recipes"), 36) for name in r)

    assert set(counts) == set(INGREDIENTS)
    assert min(counts.values()) >= 3


def test_the_same_seed_deals_the_same_hands():
    one, other = (recipes(Seeds(number=4).rng("recipes"), 10) for _ in range(2))

    assert one == other
