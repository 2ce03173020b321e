"""Code samples are read as the programs that run them would read them."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.pages import Page, SampleRequest, read_text

URL = "https://api.example/x/"


def page_of(language: str, code: str) -> Page:
    return read_text("p", f"# T\n\n```{language}\n{code}\n```\n")


def request_of(language: str, code: str) -> SampleRequest:
    request = page_of(language, code).samples[0].request
    assert request is not None
    return request


def not_read(page: Page) -> list[tuple[int, str]]:
    return [(unread.line, unread.what) for unread in page.unread]


@pytest.mark.parametrize(
    ("options", "method"),
    [
        ("", "GET"),
        ("--data ''", "POST"),
        ("-d a=1", "POST"),
        ("--json '{}'", "POST"),
        ("-F a=1", "POST"),
        ("-G -d a=1", "GET"),
        ("-I", "HEAD"),
        ("-T file", "PUT"),
        ("-X DELETE -d a", "DELETE"),
        ("-XPATCH", "PATCH"),
        ("-sSLXPUT", "PUT"),
        ("--request PUT", "PUT"),
        ("--data-raw '' --get", "GET"),
    ],
)
def test_curl_chooses_the_method_by_its_own_rules(options: str, method: str) -> None:
    assert request_of("bash", f"curl {options} {URL}").method.value == method


def test_a_curl_command_is_read_with_its_lines() -> None:
    code = (
        f"curl --location '{URL}' \\\n--header 'Content-Type: application/json' \\\n-H \"Authorization: Api-Key $KEY\" \\\n"
        '--data \'{\n  "a": {"b": null},\n  "c": [1, 2]\n}\n\''
    )
    claims = {c.subject: (c.line, c.value) for c in page_of("bash", code).claims if c.subject.startswith("sample")}
    assert claims == {
        "sample.post.curl.method": (7, "POST"),
        "sample.post.curl.url": (4, URL),
        "sample.post.curl.header.content-type": (5, "application/json"),
        "sample.post.curl.header.authorization": (6, "Api-Key $KEY"),
        "sample.post.curl.key": (6, "Api-Key $KEY"),
        "sample.post.curl.body": (7, {"a": {"b": None}, "c": [1, 2]}),
        "sample.post.curl.body.field.a": (8, {"b": None}),
        "sample.post.curl.body.field.a.b": (8, None),
        "sample.post.curl.body.field.c": (9, [1, 2]),
        "sample.post.curl.sends": (7, True),
    }


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("curl 'unclosed", "shell code with a syntax error"),
        (f"curl {URL}\ncurl {URL}", "a second curl command in one sample"),
        (f"curl --frobnicate {URL}", "curl's option --frobnicate"),
        (f"curl {URL} -d @body.json", "a body read from a file"),
        (f"curl {URL} -F a=b", "a body sent as a multipart form"),
        ("npm install", "the command npm"),
        ("curl\n--location x", "a curl command without a URL"),
        ("# nothing", "a shell sample without a command"),
    ],
)
def test_what_is_not_understood_of_a_shell_sample_is_told(code: str, what: str) -> None:
    assert what in [told for _, told in not_read(page_of("sh", code))]


def test_a_curl_command_is_known_whatever_its_fence_says() -> None:
    assert page_of("json", f"curl {URL}").samples[0].language == "curl"
    assert page_of("", f"curl {URL}").samples[0].language == "curl"


@pytest.mark.parametrize(
    "code",
    [
        f'import requests\nr = requests.request("POST", "{URL}", headers={{"A": "b"}}, data=json.dumps({{"c": 1}}))',
        f'url = "{URL}"\nh = {{"A": "b"}}\nbody = {{"c": 1}}\nresponse = requests.post(url, headers=h, json=body)',
        "base = 'https://api.example'\nh = {}\nh['A'] = 'b'\nrequests.post(base + '/x/', '{\"c\": 1}', headers=h)",
        f'def main():\n    with httpx.Client() as client:\n        client.post(f"{URL}", content=\'{{"c": 1}}\', headers={{**{{"A": "b"}}}})',
    ],
)
def test_a_python_request_is_followed_through_its_names(code: str) -> None:
    request = request_of("python", code)
    assert (request.method.value, request.url.value) == ("POST", URL)
    assert [(name, part.value) for name, part in request.headers] == [("A", "b")]
    assert request.body is not None
    assert request.body.value == {"c": 1}


@pytest.mark.parametrize(
    ("code", "line", "what"),
    [
        ("x = (", 4, "Python code with a syntax error: '(' was never closed"),
        ("\nprint(1)", 4, "Python code in which no request was found"),
        (f'requests.get("{URL}", params={{"a": 1}})', 4, "query parameters"),
        (f'requests.post("{URL}",\n data={{"a": 1}})', 4, "a body sent as a form"),
        (f'requests.get("{URL}")\nrequests.get("{URL}")', 5, "a second request in one sample"),
    ],
)
def test_what_is_not_understood_of_a_python_sample_is_told(code: str, line: int, what: str) -> None:
    assert (line, what) in not_read(page_of("python", code))


@pytest.mark.parametrize(
    "code",
    [
        f'const h = new Headers();\nh.append("A", "b");\nfetch("{URL}", {{method: "post", headers: h, body: JSON.stringify({{c: 1}})}});',
        f"const headers = {{A: 'b'}};\nconst method = 'POST', body = '{{\"c\": 1}}';\nawait fetch(`{URL}`, {{method, headers, body}})",
        f"const o = {{}};\no.method = 'POST';\no['headers'] = new Headers({{'A': 'b'}});\no.body = JSON.stringify({{'c': 1}});\nfetch('{URL}', o).then(r => r.text())",
        "async function f() { return fetch('https://api.example' + '/x/', {...{method: 'POST'}, headers: {A: 'b'}, body: JSON.stringify({c: 1})}) }",
    ],
)
def test_a_fetch_is_followed_through_its_names(code: str) -> None:
    request = request_of("javascript", code)
    assert (request.method.value, request.url.value, request.sends) == ("POST", URL, True)
    assert [(name, part.value) for name, part in request.headers] == [("A", "b")]
    assert request.body is not None
    assert request.body.value == {"c": 1}


@pytest.mark.parametrize(
    ("options", "sends"),
    [
        ('{method: "GET", body: ""}', False),
        ('{method: "HEAD", body: "x"}', False),
        ('{body: "x"}', False),
        ('{method: "GET", body: null}', True),
        ('{method: "POST", body: ""}', True),
        ("{}", True),
    ],
)
def test_fetch_refuses_to_send_a_body_with_get(options: str, sends: bool) -> None:  # noqa: FBT001
    request = request_of("js", f"fetch('{URL}', {options})")
    assert request.sends is sends
    assert bool(request.refusal) is not sends


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("const = 1", "JavaScript code with a syntax error"),
        ("console.log(1)", "JavaScript code in which no request was found"),
        (f"fetch('{URL}', {{duplex: 'half'}})", "fetch's option duplex"),
        (f"fetch('{URL}'); fetch('{URL}')", "a second request in one sample"),
    ],
)
def test_what_is_not_understood_of_a_javascript_sample_is_told(code: str, what: str) -> None:
    assert (4, what) in not_read(page_of("js", code))


def test_what_only_a_run_could_tell_shows_its_source() -> None:
    request = request_of("python", f'requests.get("{URL}", headers={{"A": f"Api-Key {{key}}", "B": os.environ["K"]}})')
    assert [part.value for _, part in request.headers] == ["Api-Key {key}", "{os.environ['K']}"]


@pytest.mark.parametrize("language", ["php", "go", "kotlin"])
def test_a_language_that_is_not_read_is_told_and_its_sample_kept(language: str) -> None:
    page = page_of(language, "anything")
    assert not_read(page) == [(4, f"code in {language}")]
    assert (page.samples[0].language, page.samples[0].code, page.samples[0].request) == (language, "anything\n", None)


def test_samples_of_one_language_are_told_apart() -> None:
    page = read_text("p", f"```sh\ncurl {URL}\n```\n\n```sh\ncurl {URL}\n```\n")
    assert [sample.id for sample in page.samples] == ["sample.get.curl", "sample.get.curl-2"]


def values(page: Page, prefix: str) -> dict[str, Any]:
    return {c.subject.removeprefix(prefix): c.value for c in page.claims if c.subject.startswith(prefix)}


def test_an_example_is_told_field_by_field() -> None:
    text = '```\nGET /a\n```\n\n## 200: OK\n\n``` json\n{"a": [{"b": 1}, {"b": 2, "c": null}],\n "d": "x"}\n```\n'
    page = read_text("p", text)
    assert values(page, "response.200.get.example.field.") == {
        "a": [{"b": 1}, {"b": 2, "c": None}],
        "a.b": 1,
        "a.c": None,
        "d": "x",
    }
    assert {c.line for c in page.claims if c.subject.endswith("field.d")} == {9}
    assert values(page, "page.get.fence") == {"": "space before the language"}


def test_an_example_that_is_no_json_is_told() -> None:
    assert not_read(page_of("json", "{'a': 1}"))[0][0] == 4
