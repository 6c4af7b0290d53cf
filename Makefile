PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin

.PHONY: run test clean

run: $(VENV)/run.done
	@echo "Tiejun 铁军 → http://127.0.0.1:8501"
	$(BIN)/streamlit run app.py --server.port 8501

test: $(VENV)/test.done
	$(BIN)/ruff check .
	$(BIN)/python -m pytest

$(VENV)/run.done: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/test.done: $(VENV)/run.done requirements-test.txt
	$(BIN)/pip install -q --disable-pip-version-check -r requirements-test.txt
	@touch $@

clean:
	rm -rf $(VENV)
