from tests.oracle.comparing import first_difference


def test_twenty_thousand_random_ledgers_agree_with_the_oracle_to_the_fen() -> None:
    assert first_difference(seed=2026, count=20_000) is None
