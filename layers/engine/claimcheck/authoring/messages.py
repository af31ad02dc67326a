"""The message for each type of validation error that a JSON document can have.

pydantic's own messages use Python's words ("Input should be a valid dictionary"), which an API's client
does not know.
"""

import re
from typing import get_args

from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

# The types of errors in pydantic_core, by the message for them. Names in braces are from the error's context.
TYPES = {
    "is required": "missing",
    "is not a known field": "extra_forbidden",
    "must be null": "none_required",
    "must be an object": "model_type model_attributes_type dataclass_type dict_type frozen_dict_type "
    "ordered_dict_type counter_type mapping_type",
    "must be an array": "list_type tuple_type set_type frozen_set_type deque_type iterable_type",
    "must be an array or an object": "named_tuple_type",
    "must have at least {min_length} items": "too_short",
    "must have at most {max_length} items": "too_long",
    "must be a string": "string_type bytes_type invalid_key",
    "must be Unicode text": "string_unicode",
    "must be at least {min_length} characters long": "string_too_short",
    "must be at most {max_length} characters long": "string_too_long url_too_long",
    "must be at least {min_length} bytes long": "bytes_too_short",
    "must be at most {max_length} bytes long": "bytes_too_long",
    "must be encoded as {encoding}": "bytes_invalid_encoding",
    "must have only ASCII characters": "string_not_ascii",
    "must match the regular expression {pattern}": "string_pattern_mismatch",
    "must be {expected}": "literal_error enum",
    "must be true or false": "bool_type bool_parsing",
    "must be an integer": "int_type int_parsing int_from_float",
    "must be an integer with fewer digits": "int_parsing_size",
    "must be a number": "float_type float_parsing decimal_type decimal_parsing fraction_type "
    "fraction_parsing",
    "must be a finite number": "finite_number",
    "must be a complex number": "complex_type complex_str_parsing",
    "must be greater than {gt}": "greater_than",
    "must be at least {ge}": "greater_than_equal",
    "must be less than {lt}": "less_than",
    "must be at most {le}": "less_than_equal",
    "must be a multiple of {multiple_of}": "multiple_of",
    "must have at most {max_digits} digits": "decimal_max_digits",
    "must have at most {decimal_places} digits after the decimal point": "decimal_max_places",
    "must have at most {whole_digits} digits before the decimal point": "decimal_whole_digits",
    "must be a date, such as 2026-06-12": "date_type date_parsing date_from_datetime_parsing "
    "date_from_datetime_inexact",
    "must be a time of day, such as 10:00:15": "time_type time_parsing",
    "must be an RFC 3339 time, such as 2026-06-12T10:00:15Z": "datetime_type datetime_parsing "
    "datetime_object_invalid datetime_from_date_parsing",
    "must be in the past": "date_past datetime_past",
    "must be in the future": "date_future datetime_future",
    "must have an offset from UTC, such as 2026-06-12T10:00:15Z": "timezone_aware",
    "must not have an offset from UTC": "timezone_naive",
    "must have an offset of {tz_expected} seconds from UTC": "timezone_offset",
    "must be an ISO 8601 duration, such as PT15M": "time_delta_type time_delta_parsing",
    "must be a URL, such as https://example.com/": "url_type url_parsing url_syntax_violation",
    "must be a URL with the scheme {expected_schemes}": "url_scheme",
    "must be a UUID, such as 01922f7e-6a10-7cc3-98a4-1f2e3d4c5b6a": "uuid_type uuid_parsing",
    "must be a UUID of version {expected_version}": "uuid_version",
    "must have the field {discriminator}": "union_tag_not_found",
    "must have one of {expected_tags} in its field {discriminator}": "union_tag_invalid",
    "must be a string of JSON": "json_type json_invalid",
}
MESSAGES = {kind: message for message, kinds in TYPES.items() for kind in kinds.split()}
ANYTHING_ELSE = "is not valid"


KNOWN = frozenset(get_args(ErrorType))


def message_of(found: ErrorDetails) -> str:
    """Return what is wrong with the value. If a model's own validator raised an error, that is its text."""
    kind, context = found["type"], found.get("ctx", {})
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", found["msg"]))
    if kind not in KNOWN:
        return found["msg"]
    message = MESSAGES.get(kind, ANYTHING_ELSE).format(**context)
    return re.sub(r"\b1 (item|character|byte|digit)s\b", r"1 \1", message)
