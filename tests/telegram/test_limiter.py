from bot.telegram.limiter import Limiter


def test_a_chat_gets_three_at_once_and_then_one_a_second() -> None:
    limiter = Limiter(100.0)
    for _ in range(3):
        assert limiter.held(100.0) == []
        limiter.spend(7, 100.0, push=False)
    assert limiter.held(100.0) == [7]
    assert limiter.held(100.9) == [7]
    assert limiter.held(101.0) == []
    limiter.spend(7, 101.0, push=False)
    assert limiter.held(101.0) == [7]


def test_one_chat_does_not_hold_another() -> None:
    limiter = Limiter(0.0)
    for _ in range(3):
        limiter.spend(7, 0.0, push=False)
    limiter.spend(8, 0.0, push=False)
    assert limiter.held(0.0) == [7]


def test_pushes_keep_to_their_pace() -> None:
    limiter = Limiter(0.0)
    sent = 0
    for tick in range(101):
        at = tick / 10
        for _ in range(limiter.pushes(at)):
            limiter.spend(1000 + sent, at, push=True)
            sent += 1
    assert 240 <= sent <= 260


def test_quiet_chats_are_forgotten() -> None:
    limiter = Limiter(0.0)
    for chat in range(1000):
        limiter.spend(chat, 0.0, push=False)
    limiter.held(10.0)
    assert limiter.chats == 0
