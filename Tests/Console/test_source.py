"""The console's source: its types against the client's, its words in both languages, and nothing of others in it."""

import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONSOLE = ROOT / "Services/Console"
MODULES = sorted(CONSOLE.rglob("*.js"))


def test_types_agree_with_the_generated_client(tmp_path):
    """Both dictionaries too: the German one has the type of the English."""
    project = tmp_path / "tsconfig.json"
    project.write_text(json.dumps({
        "compilerOptions": {
            "allowJs": True, "checkJs": True, "strict": True, "noEmit": True, "target": "es2022", "module": "es2022",
            "lib": ["es2022", "dom", "dom.iterable"], "moduleResolution": "node", "types": [], "baseUrl": "/",
            "paths": {"/ecrm.js": [str(ROOT / "Clients/TypeScript/ecrm")]},
        },
        "files": [str(module) for module in MODULES],
    }))
    done = subprocess.run(["tsc", "--project", str(project)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout


def test_every_module_is_checked_and_every_name_has_its_words():
    words = json.loads(subprocess.run(
        ["node", "--input-type=module", "--eval",
         f"import('file://{CONSOLE}/words/en.js').then((words) => console.log(JSON.stringify(words.default)))"],
        check=True, capture_output=True, text=True, timeout=60).stdout)

    def has(name):
        place = words
        for part in name.split("."):
            place = place.get(part) if isinstance(place, dict) else None
        return isinstance(place, str) or (isinstance(place, dict) and "other" in place)

    for module in MODULES:
        text = module.read_text()
        assert text.startswith("// @ts-check\n"), module
        missing = [name for name in re.findall(r'\bt\("([\w.-]+)"', text) if not has(name)]
        assert missing == [], f"{module} uses words that there are not: {missing}"


def test_there_are_no_strangers_and_no_inline_styles():
    for file in [*MODULES, *CONSOLE.rglob("*.css"), CONSOLE / "index.html"]:
        text = file.read_text()
        addresses = set(re.findall(r"https?://[\w.-]+", text)) - {"http://www.w3.org"}
        assert addresses == set(), f"{file} names {addresses}"
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function", text), file
        assert not re.search(r'\sstyle="', text), file
        assert len(text.splitlines()) <= 400, f"{file} is longer than 400 lines"
        long = [line for line in text.splitlines() if len(line) > 120 and "/words/" not in str(file)]
        assert long == [], f"{file}: {long}"
