"""One parameter, one dependency and one validator for all routes that ask for the same.

FastAPI makes each route its own of all three. With two parameters in three the same as another route's, that was a
quarter of what a route keeps in memory. A model's validator is made with its first request (`defer_build`).
"""

from typing import Any

from fastapi._compat import lenient_issubclass
from fastapi._compat.v2 import ModelField, asdict
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter

_VALIDATOR = "_type_adapter"
"""FastAPI's attribute, which is not public."""
Key = tuple[object, ...]
"""Everything that tells one part from another."""
_FIELDS: dict[Key, ModelField] = {}
_DEPENDANTS: dict[Key, Dependant] = {}
_VALIDATORS: dict[Key, TypeAdapter[Any]] = {}


def share(route: APIRoute) -> None:
    """Put the parts that earlier routes have in the place of equal ones, before the first request."""
    _share_below(route.dependant)
    for field in filter(None, (route.body_field, route.response_field)):
        known = _VALIDATORS.setdefault(_content(field), _validator(field))
        setattr(field, _VALIDATOR, known)  # the field itself stays: its name is the route's


def _validator(field: ModelField) -> TypeAdapter[Any]:
    """Return a model's own validator where FastAPI asks for one of the model and the name of its parameter.

    It would be made with the first request, after FastAPI has silenced Pydantic's warning that the name is of no use.
    """
    declared = field.field_info.annotation
    if lenient_issubclass(declared, BaseModel):
        return TypeAdapter(declared)
    made: TypeAdapter[Any] = getattr(field, _VALIDATOR)
    return made


def _share_below(dependant: Dependant) -> None:
    for fields in (dependant.path_params, dependant.query_params, dependant.header_params, dependant.cookie_params):
        fields[:] = [_FIELDS.setdefault((each.name, each.mode, *_content(each)), each) for each in fields]
    for dependency in dependant.dependencies:
        _share_below(dependency)
    dependant.dependencies[:] = [_shared(each) for each in dependant.dependencies]


def _shared(dependency: Dependant) -> Dependant:
    """Return the first equal one; what it takes from the path depends on the path of its route."""
    if dependency.path_params:
        return dependency
    return _DEPENDANTS.setdefault(
        (dependency.call, dependency.name, dependency.scope, dependency.use_cache), dependency
    )


def _content(field: ModelField) -> Key:
    """Tell fields apart by what FastAPI makes the validator of; models by identity, since two may have one name."""
    declared = field.field_info
    return type(declared), declared.annotation, repr(asdict(declared)), repr(getattr(declared, "__dict__", None))
