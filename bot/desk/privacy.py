"""What is kept of a person (隐私): explained, handed out, erased."""

import json

from bot.desk.actions import Action, Verb
from bot.desk.effects import EraseMe
from bot.desk.facts import Dialogue
from bot.desk.replies import Answered, Document
from bot.desk.topics import ShowMenu
from bot.desk.turn import Turn

__all__ = ["erase", "export", "show_privacy"]

_SURELY = "yes"


def show_privacy(turn: Turn) -> Answered:
    """Say in five lines what is kept and who sees it."""
    buttons = (
        (turn.button("export", Verb.EXPORT),),
        (turn.button("erase", Verb.ERASE),),
    )
    return turn.answered(turn.placed(turn.say("privacy", buttons if turn.private else ())))


def export(turn: Turn, _: Action) -> Answered:
    """Hand out everything that is kept of the person, as a JSON file."""
    content = json.dumps(turn.facts.kept, ensure_ascii=False, indent=2)
    said = turn.say("exported")
    document = Document(f"mingzhang-{turn.now:%Y%m%d}.json", content, said.html, (), "exported")
    return turn.answered(document, dialogue=turn.facts.dialogue)


def erase(turn: Turn, action: Action) -> Answered:
    """Ask whether it is meant; at the second tap erase everything."""
    if action.subject == _SURELY:
        replies = (turn.placed(turn.say("erased")), ShowMenu(None))
        return turn.answered(*replies, effects=(EraseMe(),), dialogue=Dialogue())
    if action.subject:
        return show_privacy(turn)
    buttons = (
        (
            turn.button("erase_surely", Verb.ERASE, _SURELY),
            turn.button("keep", Verb.ERASE, "no"),
        ),
    )
    return turn.answered(turn.placed(turn.say("erase_surely", buttons)))
