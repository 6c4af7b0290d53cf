"""What the analysis must never read."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "core" / "analysis"


def test_the_anonymous_survey_is_read_nowhere_here():
    told = [path.read_text("utf-8") for path in FOLDER.glob("*.py")]
    assert len(told) > 5 and not any("survey" in text or "satisfaction" in text for text in told)
