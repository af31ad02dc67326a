"""usage: python -m claimcheck.build COMMAND

check     check the apps as Lambda will import them: [TARGET], for their index
index     write the index of apps: TARGET
openapi   print the API's description
template  update the apps' blocks in template.yaml
schemas   record the released inputs of job types
lock      pin the apps' packages
app       create an app: NAME
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from claimcheck.build.apps import InvalidApp, read_apps

APPS = Path("apps")
TEMPLATE = Path("template.yaml")


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["check"] | ["check", _]:
                from claimcheck.build.check import check
                from claimcheck.build.index import write_index

                check(APPS, TEMPLATE)
                for target in arguments[1:]:
                    write_index(read_apps(APPS), Path(target))
            case ["index", target]:
                from claimcheck.build.index import write_index

                write_index(read_apps(APPS), Path(target))
            case ["openapi"]:
                print(_description())
            case ["template"]:
                from claimcheck.build.template import with_blocks

                TEMPLATE.write_text(with_blocks(TEMPLATE.read_text(), read_apps(APPS)))
            case ["schemas"]:
                from claimcheck.build.inputs import write_schemas

                print(*write_schemas(read_apps(APPS)), sep="\n")
            case ["lock"]:
                from claimcheck.build.requirements import lock

                lock(read_apps(APPS))
            case ["app", name]:
                from claimcheck.build.scaffold import NEXT, write_app

                print(*write_app(APPS, name), NEXT.format(name=name), sep="\n")
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except InvalidApp as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _description() -> str:
    """Return the API's description, with an index of the apps as they are. Raises: InvalidApp."""
    from claimcheck.build.index import write_index

    with TemporaryDirectory() as place:
        index = Path(place, "apps/index.py")
        index.parent.mkdir()
        write_index(read_apps(APPS), index)
        # `apps` is a namespace package: this folder comes before one that may have an older index.
        sys.path.insert(0, place)
        from claimcheck.build.description import describe
        from claimcheck.domain.json_text import compact
        from claimcheck.installed import dialects, load_catalog

        return compact(describe(dialects(), load_catalog()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
