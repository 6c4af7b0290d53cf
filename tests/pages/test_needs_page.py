"""The list of what is owed, as the data page shows it."""

import pytest
from streamlit.testing.v1 import AppTest


def page():
    from pages.frame import needs, session
    needs.show_needs(session.current())


@pytest.mark.parametrize(("sheets_left_out", "empty", "finding"), [
    ((), False, "2026Q3：还缺 2 项，1 人的 ¥5,000\\.00 在等"),
    (("NPS调研", "团队", "团队月报", "指标目标"), False, "：还缺"),
    ((), True, "")])
def test_the_list_begins_with_its_finding_and_offers_the_text_to_send(read_only, sheets_left_out, empty, finding):
    read_only(*sheets_left_out, empty=empty)
    app = AppTest.from_function(page, default_timeout=60)
    app.query_params["lang"] = "zh"
    app.run()
    assert not app.exception
    said = "\n".join(element.value for element in (*app.markdown, *app.caption))
    assert finding in said
    assert ("上传花名册后" in said) == empty and bool(app.dataframe) != empty
    assert [code.value.startswith("20") and "¥" in code.value for code in app.code] == ([] if empty else [True])
