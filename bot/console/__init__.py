"""The operator's console (运营页面): pages for the people who run the bot.

The composition root gives `application.console_routes` its `Parts`; what it returns is mounted
in the program's one web server. Nobody sees anything but the way in without having signed in.

**A page** is a module, a template and a file of words in `pages/`, all of one name, and a line in
`menu.PAGES` (with `page_<name>` in `layout/words.yaml`, an icon in `layout/icons.html`, and its
endpoints in `tests/console/authorisation.yaml`; the tests fail without them)::

    # pages/cases.py
    def show(visit: Visit) -> Response:
        with visit.reads() as connection:                 # reads as of one moment, in a thread
            cases = open_cases(connection, ROWS + 1)
        return visit.show("pages/cases.html", cases=cases)

    def close(visit: Visit) -> Response:
        number = visit.path("case")

        def work(connection: Connection) -> None:         # one short transaction, perhaps twice
            close_case(connection, number, visit.now)
            visit.record(connection, "case_closed", f"case:{number}")

        visit.writes(work)
        return visit.back(said="done_closed")             # 303; "done…" is a key of the words

    PAGE = Page("cases", "cases", (
        get("", show, StaffRole.AGENT),
        post("/{case:int}/close", close, StaffRole.AGENT),
    ), role=StaffRole.AGENT)

- Handlers are plain functions and run in the console's own threads (`parts.THREADS`); an
  `async def` runs in the event loop and must not touch the database but through `in_thread`.
- Who may call is said by the endpoint alone; the core checks session, role, pace, the form's
  origin and token, and the length of the body (`post(…, largest_body=…)`) before the handler.
- A form carries `{{ parts.csrf() }}`; what htmx sends carries the token by itself. Uploads are
  `visit.files(name)`: on the disk, never whole in memory, gone with the request.
- Every change is recorded in the transaction that makes it (`visit.record`), every look at an
  order before it is shown (`visit.looked`). Kinds have words in `layout/words.yaml` (`did_…`);
  `about` is "kind:key". Details are ids and figures, not people's texts.
- Lists are paged and have limits; `visit.show` answers htmx with a template that is a part.
- Every template has `visit` (with `is_agent`, `is_editor`), `say`, the bot's own words by `voice`,
  what a check found by `finding` and what comes of a question by `leads_to`.
- A word that is too long for a line has `zh:` and `en:` below it (`en: >-` folds).
- Templates extend "layout/layout.html", import "layout/parts.html" (fields, buttons, figures),
  and say words by `say(key, name=…)`; `day`, `moment`, `ago`, `lasting`, `number`, `yuan` and
  `percent` write values. No inline script or style: the content policy forbids them.
- Charts are drawn by `charts` as SVG with classes s1 … s6.
- What is wrong in a form is a value: show the page again with status 422 and say what to do.
"""
