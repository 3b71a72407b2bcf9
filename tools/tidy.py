#!/usr/bin/env python3
"""The project's rules that a program can check; runs as the test `tidy`, and by hand: tools/tidy.py

 - who may include whom (MAY_INCLUDE, as in ARCHITECTURE.md), no sideways includes, third-party headers in their jails
 - slow headers stay out of our headers
 - functions of at most 70 lines, .cc files of at most 800, headers of at most 250. Where more is right, a comment says so:
   `// tidy: long function, REASON` in the lines before or the first of the function, `// tidy: long file, REASON` anywhere
 - ARCHITECTURE.md lists every folder of src/, and every path that it names exists
 - no tabs, no blanks at line ends, no lines above 120 columns, no marks of work left undone

Prints one line a finding, `path:line: message`, then `N passed, N failed`, where N counts files.
"""

import bisect
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Folder or file of src/ -> what it may include besides itself. The longest matching prefix counts.
MAY_INCLUDE = {
    "base": "",
    "types": "base",
    "events": "base",
    "json": "base types",
    "functions": "base types json",
    "formats": "base types json functions/session.h",
    "state": "base types",
    "expr": "base types functions",
    "routing": "base types expr",
    "connectors/connector.h": "base types formats/format.h functions/session.h",
    "connectors": "base types connectors/connector.h formats/format.h functions/session.h functions/cast.h",
    "operators": "base types expr routing state connectors/connector.h formats/format.h functions/session.h"
                 " functions/aggregate_function.h",
    "sql": "base types functions/scalar_function.h",
    "plan": "base types functions expr sql operators connectors/connector.h connectors/table_format.h formats/format.h"
            " runtime/job_graph.h",
    "runtime": "base types routing operators state connectors/connector.h formats/format.h functions/session.h"
               " functions/cast.h",
    "engine": "base types json functions formats state expr routing connectors operators sql plan runtime",
    "control": "base engine routing plan/script.h sql/diagnostic.h",
    "codegen": "base types sql",
    "migrate": "base types sql",
    "cli": "base types connectors/connector.h formats/format.h functions operators/top_n.h sql plan engine events control codegen migrate",
}

# Folders whose files stand side by side and do not see each other, but for the headers named here.
SIDE_BY_SIDE = {"operators": {"operators/operator.h", "operators/gather.h", "operators/row_kinds.h",
                              "operators/join_side.h", "operators/sort_key.h", "operators/top_n.h",
                              "operators/record_decoder.h", "operators/processor.h", "operators/routing_slot.h",
                              "operators/dimension_cache.h", "operators/lookup_key.h", "operators/io_attempts.h"}}

# Header (prefix) -> the only files of src/ that may include it.
JAILS = {
    "rdkafka": r"connectors/kafka/",
    "rocksdb/": r"state/rocksdb_backend\.cc",
    "simdjson": r"formats/json.*\.cc|functions/scalar/json_.*\.cc",
    "nlohmann/": r"(control|cli|codegen|migrate)/|base/json_writer\.cc",
    "spdlog/": r"base/log\.cc",
    "yaml-cpp/": r"control/.*_edge\.(h|cc)",
    "CLI/": r"cli/.*_edge\.cc",
    "sqlite3.h": r"connectors/jdbc/|control/",
    "mysql": r"connectors/jdbc/mysql_connection\.cc",
    "libpq-fe.h": r"connectors/jdbc/postgres_connection\.cc",
}
JAILED_WORDS = {
    r"\bstd::(jthread|thread)\b(?!::)": r"base/(env_posix\.cc|thread\.(h|cc))",
    r"\b(sleep_for|sleep_until|usleep|nanosleep)\s*\(": r"base/env_posix\.cc",
    r"\bsystem_clock\b": r"base/env_posix\.cc",
    r"\bstd::random_device\b|\b(s?rand|random)\s*\(\)": r"base/env_posix\.cc",
}

SLOW_HEADERS = {"regex", "iostream", "ranges", "chrono", "thread"}
# Third-party headers that our own headers may include.
HEADER_LIBRARIES = ("absl/", "yaml-cpp/")

MAX_FUNCTION_LINES = 70
MAX_LINES = {".cc": 800, ".h": 250}
MAX_COLUMNS = 120
UNDONE = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)
TEXT_SUFFIXES = {".cc", ".h", ".inc", ".py", ".sh", ".cmake", ".txt", ".md", ".sql", ".test", ".json", ".yml"}
CODE_SUFFIXES = {".cc", ".h"}


class Source:
    """One file, with its code apart from comments and text: both are blanked out, lines and columns stay."""

    BLANKED = re.compile(
        r'R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'  # raw text
        r'|//[^\n]*|/\*.*?\*/'
        r'|"(?:\\.|[^"\\\n])*"'
        r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'",
        re.S)

    def __init__(self, path):
        self.path = path
        self.text = (ROOT / path).read_text(encoding="utf-8")
        self.lines = self.text.split("\n")
        self._starts = None

    def code(self):
        return self.BLANKED.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), self.text)

    def line_at(self, offset):
        if self._starts is None:
            self._starts = [0]
            for line in self.lines:
                self._starts.append(self._starts[-1] + len(line) + 1)
        return bisect.bisect_right(self._starts, offset)


def tracked_files():
    """Files that git tracks or would track, so that a new file is judged before its first commit."""
    output = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            check=True, capture_output=True, text=True).stdout
    return sorted(pathlib.PurePosixPath(name) for name in output.split("\0") if name and (ROOT / name).is_file())


def check_text(source):
    """Blanks, tabs, width, work left undone."""
    is_code = source.path.suffix in CODE_SUFFIXES
    is_data = source.path.suffix == ".test"  # there, blanks and tabs are what is tested
    for number, line in enumerate(source.lines, 1):
        if line != line.rstrip() and not is_data:
            yield number, "blanks at the end of the line"
        if "\t" in line and not is_data and source.path.name != "Makefile":
            yield number, "a tab"
        if is_code and len(line) > MAX_COLUMNS:
            yield number, f"{len(line)} columns, at most {MAX_COLUMNS}"
        if UNDONE.search(line):
            yield number, f"work left undone: {UNDONE.search(line).group()}"
    if source.text and not source.text.endswith("\n"):
        yield len(source.lines), "no line end at the end of the file"


def allowed_prefixes(name):
    rule = max((key for key in MAY_INCLUDE if name == key or name.startswith(key + "/")), key=len, default=None)
    if rule is None:
        return None
    own_folder = name.split("/")[0]
    allowed = MAY_INCLUDE[rule].split()
    if own_folder != "connectors":
        return allowed + [own_folder]
    # connectors/kafka/ sees itself and what lies beside it, never connectors/jdbc/.
    if rule == "connectors":
        allowed += [f"connectors/{header.name}" for header in (ROOT / "src/connectors").glob("*.*")]
        if name.count("/") > 1:
            allowed.append(name.rsplit("/", 1)[0])
    return allowed


def check_includes(source):
    """Layers, jails, slow headers; for files of src/."""
    name = source.path.relative_to("src").as_posix()
    allowed = allowed_prefixes(name)
    if allowed is None:
        yield 1, f"src/{name.split('/')[0]} is not in MAY_INCLUDE of tools/tidy.py"
        return
    for match in INCLUDE.finditer(source.text):
        ours, theirs = match.groups()
        line = source.line_at(match.start(1 if ours else 2))
        if ours is not None and (ROOT / "src" / ours).exists():
            if not any(ours == prefix or ours.startswith(prefix + "/") for prefix in allowed):
                yield line, f"src/{name.split('/')[0]} must not include {ours}"
            for folder, shared in SIDE_BY_SIDE.items():
                sibling = name.startswith(folder + "/") and ours.startswith(folder + "/")
                if sibling and ours not in shared and stem(ours) != stem(name):
                    yield line, f"files of src/{folder} do not see each other: {ours}"
            continue
        header = theirs or ours
        if source.path.suffix == ".h":
            if header in SLOW_HEADERS:
                yield line, f"<{header}> is too slow for a header"
            elif "/" in header or header.endswith((".h", ".hpp")):
                if not header.startswith(HEADER_LIBRARIES):
                    yield line, f"{header} belongs in a .cc file"
        for prefix, jail in JAILS.items():
            if header.startswith(prefix) and not re.match(jail, name):
                yield line, f"{header} may be included only in {jail}"


def stem(name):
    return re.sub(r"(_edge)?\.(cc|h)$", "", name)


def check_words(source, code):
    name = source.path.relative_to("src").as_posix()
    for pattern, jail in JAILED_WORDS.items():
        if re.match(jail, name):
            continue
        for match in re.finditer(pattern, code):
            yield source.line_at(match.start()), f"{match.group().strip()} belongs in {jail}"


# A line that is no statement but opens a body: a function when it has a parameter list. Namespaces, types and
# initializers are looked into, not measured.
OPENS_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^;()]*$")


def functions(code):
    """(offset of the head, offset of the closing brace) of each outermost function body."""
    stack = []  # (is_function, offset of the head)
    head = 0
    inside_function = 0
    for match in re.finditer(r"[{};]", code):
        at = match.start()
        if match.group() == ";":
            head = at + 1
        elif match.group() == "{":
            text = code[head:at].strip()
            is_function = not inside_function and "(" in text and not OPENS_SCOPE.search(text.split("(")[0]) \
                and not re.search(r"=\s*$", text)
            stack.append((is_function, head + len(code[head:at]) - len(code[head:at].lstrip())))
            inside_function += is_function
            head = at + 1
        else:
            head = at + 1
            if stack:
                is_function, begin = stack.pop()
                if is_function:
                    inside_function -= 1
                    yield begin, at


def check_lengths(source, code):
    limit = MAX_LINES[source.path.suffix]
    if len(source.lines) - 1 > limit and "// tidy: long file, " not in source.text:
        yield len(source.lines) - 1, f"{len(source.lines) - 1} lines, at most {limit}"
    # A macro may hold half a body.
    flat = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda match: re.sub(r"[^\n]", " ", match.group()), code, flags=re.M)
    for begin, end in functions(flat):
        first, last = source.line_at(begin), source.line_at(end)
        if last - first + 1 <= MAX_FUNCTION_LINES:
            continue
        around = "\n".join(source.lines[max(0, first - 5):first + 2])
        if "// tidy: long function, " not in around:
            yield first, f"a function of {last - first + 1} lines, at most {MAX_FUNCTION_LINES}"


def check_architecture(files):
    """Every folder of src/ is on the page, and the page names nothing that is not there."""
    page = ROOT / "ARCHITECTURE.md"
    if not page.exists():
        yield "ARCHITECTURE.md", 1, "the page is missing"
        return
    text = page.read_text(encoding="utf-8")
    for folder in sorted({file.parts[1] for file in files if file.parts[0] == "src" and len(file.parts) > 2}):
        if not re.search(rf"(?<![\w/])(src/)?{folder}/", text):
            yield "ARCHITECTURE.md", 1, f"src/{folder}/ is not on the page"
    paths = re.compile(r"(?<![\w./-])(?:src|tests|tools|docs|bench|examples|cmake|packaging)/[\w./*-]*\w")
    links = re.compile(r"\]\((?!https?:)([^)#]+)")
    for number, line in enumerate(text.split("\n"), 1):
        for path in paths.findall(line) + links.findall(line):
            if not list(ROOT.glob(path.rstrip("/"))):
                yield "ARCHITECTURE.md", number, f"there is no {path}"


def check(path):
    source = Source(path)
    yield from check_text(source)
    if path.suffix not in CODE_SUFFIXES:
        return
    code = source.code()
    yield from check_lengths(source, code)
    if path.parts[0] == "src":
        yield from check_includes(source)
        yield from check_words(source, code)


def main():
    files = tracked_files()
    findings = list(check_architecture(files))
    texts = [path for path in files if path.suffix in TEXT_SUFFIXES or path.name == "Makefile"]
    for path in texts:
        try:
            findings += [(str(path), line, message) for line, message in check(path)]
        except UnicodeDecodeError:
            findings.append((str(path), 1, "not UTF-8"))
    for path, line, message in findings:
        print(f"{path}:{line}: {message}")
    failed = len({path for path, _, _ in findings})
    print(f"{len(set(map(str, texts)) | {'ARCHITECTURE.md'}) - failed} passed, {failed} failed")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
