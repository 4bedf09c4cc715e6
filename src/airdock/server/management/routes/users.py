"""Users: making, changing and removing them, and their passwords."""

from collections.abc import Sequence

from litestar import delete, get, patch, post, put
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from litestar.params import RawBody
from msgspec import UNSET

from airdock.api.shapes import Page
from airdock.api.users import NewPassword, NewUser, User, UserChange
from airdock.identity.permissions import Permission
from airdock.identity.records import User as StoredUser
from airdock.server.management.bodies import decode
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit
from airdock.server.management.parameters import Call, UserName
from airdock.server.management.parts import Parts
from airdock.server.management.signin import remote_of

MANAGE = Access(Permission.USERS)
OWN = Access(Permission.USERS, own="user")


def user_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """Everything about people with accounts."""
    users = parts.identity.users

    @get("/users", **operation("listUsers", "users", "Users, by name", MANAGE))
    def list_users(limit: Limit = 50, cursor: Cursor = None) -> Page[User]:
        page = users.list(limit=limit, cursor=cursor or "")
        return Page([user_info(user) for user in page.items], page.next)

    @post(
        "/users",
        **operation("createUser", "users", "Make a user", MANAGE, body=NewUser, status=201, problems=(409,)),
    )
    def create_user(request: Call, body: RawBody) -> User:
        given = decode(request, body, NewUser)
        made = users.create(
            given.name,
            password=given.password,
            roles=given.roles,
            display_name=given.display_name,
            email=given.email,
            by=request.user.name,
            remote=remote_of(request),
        )
        return user_info(made)

    @get("/users/{user:str}", **operation("getUser", "users", "A user", OWN))
    def get_user(user: UserName) -> User:
        return user_info(users.get(user))

    @patch(
        "/users/{user:str}",
        **operation("changeUser", "users", "Change a user", MANAGE, body=UserChange, problems=(409,)),
    )
    def change_user(request: Call, user: UserName, body: RawBody) -> User:
        given = decode(request, body, UserChange)
        fields = {name: value for name in given.__struct_fields__ if (value := getattr(given, name)) is not UNSET}
        return user_info(users.change(user, **fields, by=request.user.name, remote=remote_of(request)))

    @put(
        "/users/{user:str}/password",
        **operation(
            "setPassword",
            "users",
            "Set a password",
            OWN,
            description="Whoever sets their own gives the `current` one. It ends the user's sessions; tokens stay.",
            body=NewPassword,
            status=204,
            problems=(429,),
        ),
    )
    def set_password(request: Call, user: UserName, body: RawBody) -> None:
        given = decode(request, body, NewPassword)
        remote = remote_of(request)
        if user == request.user.name:
            current = given.current
            if current is None or users.verify(user, current, remote) is None:
                raise PermissionDeniedException("`current` is not the present password.")
        users.set_password(user, given.password, by=request.user.name, remote=remote)

    @delete(
        "/users/{user:str}",
        **operation(
            "removeUser",
            "users",
            "Remove a user, with their tokens, workspace and sandbox",
            MANAGE,
            status=204,
            problems=(409,),
        ),
    )
    def remove_user(request: Call, user: UserName) -> None:
        users.remove(user, by=request.user.name, remote=remote_of(request))
        # Whoever gets the name later must not find what it left behind.
        for project in parts.repository.sandboxes.projects(user):
            parts.repository.sandboxes.deactivate(project, user)
        for project in parts.repository.workspaces.projects(user):
            parts.repository.workspaces.drop(user, project)

    return [list_users, create_user, get_user, change_user, set_password, remove_user]


def user_info(user: StoredUser) -> User:
    """A user as the API shows them."""
    return User(
        name=user.name,
        display_name=user.display_name,
        email=user.email,
        roles=sorted(user.roles),
        disabled=user.disabled,
        created=user.created,
        last_seen=user.last_seen,
        external=user.external,
        has_password=user.has_password,
    )
