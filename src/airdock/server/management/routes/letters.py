"""Dead letters: looked at, edited, sent again, discarded."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, patch, post
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter, RawBody

from airdock.api.letters import (
    DeadLetter,
    DeadLetterChange,
    DeadLetterChoice,
    DeadLetterContent,
    DeadLetterCount,
    LetterState,
)
from airdock.api.shapes import Page
from airdock.deadletters import Filter, LetterError, LetterInfo
from airdock.identity import Action, Permission, Principal
from airdock.server.management.access import shows
from airdock.server.management.bodies import decode
from airdock.server.management.letters import changed, choice_of, full_name, shown, summary
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Limit, cut
from airdock.server.management.parameters import Call, utc
from airdock.server.management.parts import Parts

READ = Access(Permission.LETTERS_READ)
WRITE = Access(Permission.LETTERS_WRITE)
_AT_ONCE = 200

LetterId = Annotated[UUID, PathParameter(description="The letter's id.")]
Behind = Annotated[UUID | None, QueryParameter(description="The `next` of the part before.")]
OfListener = Annotated[str | None, QueryParameter(description="Only of this listener, `project/orders.listener`.")]
OfProject = Annotated[str | None, QueryParameter(description="Only of this project's listeners.")]
WithCode = Annotated[str | None, QueryParameter(max_length=200, description="Only with this in the error's code.")]
InState = Annotated[LetterState | None, QueryParameter(name="state", description="Only in this state.")]
Since = Annotated[datetime | None, QueryParameter(description="Only those that died then or later.")]
Until = Annotated[datetime | None, QueryParameter(description="Only those that died before.")]


def letter_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """What listeners could not work off."""
    letters = parts.letters

    @get("/dead-letters", **operation("listDeadLetters", "deadLetters", "Dead letters, the newest first", READ))
    def list_letters(
        request: Call,
        listener: OfListener = None,
        project: OfProject = None,
        code: WithCode = None,
        letter_state: InState = None,
        since: Since = None,
        until: Until = None,
        limit: Limit = 50,
        cursor: Behind = None,
    ) -> Page[DeadLetter]:
        wanted = Filter(
            listener=full_name(listener or ""),
            project=project,
            code=code or "",
            state=letter_state or "",
            since=_seconds(since),
            until=_seconds(until),
        )
        seen: list[LetterInfo] = []
        behind, full = None if cursor is None else str(cursor), True
        while len(seen) <= limit and full:
            batch = letters.page(wanted, _AT_ONCE, behind)
            seen += [letter for letter in batch if may(request.user, letter, Permission.LETTERS_READ)]
            behind, full = batch[-1].id if batch else None, len(batch) == _AT_ONCE
        page = cut(seen, lambda letter: letter.id, limit)
        return Page([summary(letter) for letter in page.items], page.next)

    @get(
        "/dead-letters/{letter:uuid}",
        **operation("getDeadLetter", "deadLetters", "A dead letter with what arrived, unmasked", READ, problems=(503,)),
    )
    def get_letter(request: Call, letter: LetterId) -> DeadLetterContent:
        return shown(letters.get(found(request.user, letter, Permission.LETTERS_READ).id))

    @patch(
        "/dead-letters/{letter:uuid}",
        **operation(
            "changeDeadLetter",
            "deadLetters",
            "Put other content in the place of what arrived",
            WRITE,
            body=DeadLetterChange,
            problems=(409, 503),
        ),
    )
    def change_letter(request: Call, letter: LetterId, body: RawBody) -> DeadLetterContent:
        given = decode(request, body, DeadLetterChange)
        whole = letters.get(found(request.user, letter, Permission.LETTERS_WRITE).id)
        letters.edit(whole.id, changed(whole.content, given), given.revision)
        parts.note(request, Action.LETTER_CHANGE, whole.id, listener=whole.listener)
        return shown(letters.get(whole.id))

    @post(
        "/dead-letters/send",
        **operation(
            "sendDeadLetters",
            "deadLetters",
            "Have dead letters sent again",
            WRITE,
            description="They arrive at their listener as if its source gave them, and leave when they are worked off.",
            body=DeadLetterChoice,
        ),
    )
    def send_letters(request: Call, body: RawBody) -> DeadLetterCount:
        choice = decode(request, body, DeadLetterChoice)
        count = letters.send(choice_of(choice), permitted(request.user))
        parts.note(request, Action.LETTER_SEND, choice.listener or choice.project or "", count=count, code=choice.code)
        return DeadLetterCount(count=count)

    @post(
        "/dead-letters/discard",
        **operation("discardDeadLetters", "deadLetters", "Remove dead letters for good", WRITE, body=DeadLetterChoice),
    )
    def discard_letters(request: Call, body: RawBody) -> DeadLetterCount:
        choice = decode(request, body, DeadLetterChoice)
        count = letters.discard(choice_of(choice), permitted(request.user))
        target = choice.listener or choice.project or ""
        parts.note(request, Action.LETTER_DISCARD, target, count=count, code=choice.code)
        return DeadLetterCount(count=count)

    def permitted(user: Principal) -> Callable[[LetterInfo], bool]:
        return lambda letter: may(user, letter, Permission.LETTERS_WRITE)

    def found(user: Principal, id: UUID, permission: Permission) -> LetterInfo:
        letter = next(iter(letters.page(Filter(ids=(str(id),)), 1)), None)
        if letter is None or not may(user, letter, Permission.LETTERS_READ):
            raise LetterError("deadLetters.missing", f"there is no dead letter {id}")
        if not may(user, letter, permission):
            raise PermissionDeniedException(f"This needs the permission {permission.value!r}.")
        return letter

    def may(user: Principal, letter: LetterInfo, permission: Permission) -> bool:
        if letter.owner and letter.owner != user.name and not user.is_administrator:
            # Of a sandbox, whose letters are as private as the sandbox.
            return False
        return shows(parts.authenticator, user, permission, letter.project)

    return [list_letters, get_letter, change_letter, send_letters, discard_letters]


def _seconds(moment: datetime | None) -> float | None:
    known = utc(moment)
    return None if known is None else known.timestamp()
