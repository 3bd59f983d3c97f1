"""What a lesson's author does about a variant that did not fare as it has to: the file, and the change."""

from __future__ import annotations

from grader.record import Check, Record
from grader.solutions import Variant


def advice(variant: Variant, record: Record) -> str:
    """One or two sentences, by the kind of variant and by what its record says."""
    broken = [check for check in record.checks if check.state in ("broken", "undecided")]
    failed = [check for check in record.checks if check.state == "failed"]
    file = str(variant.path or variant.name)
    if broken:
        return _broken(broken[0], record)
    if variant.kind == "mistake":
        return _mistake(variant, record, failed, file)
    if variant.kind == "starter":
        earned = ", ".join(check.id for check in record.checks if check.points)
        return (
            f"{earned}: passed by the empty starter, so it gives points for doing nothing. Let it ask for "
            "something that only an answer has: numbers that depend on the input, a formula."
        )
    if record.run.state != "finished":
        at = f" in cell {record.run.cell}" if record.run.cell else ""
        return f"{file} does not run to its end{at}: {_sentence(record.run.message or '')} Mend it."
    if failed:
        check = failed[0]
        said = check.findings[0].message if check.findings else "it failed"
        return (
            f"{check.id} says: {_sentence(said)} Where {file} is right, the check is wrong: "
            f"look at {_facts(check)}."
        )
    if record.max_score == 0:
        return "All checks together are worth no points. Give some with @pytest.mark.points(2)."
    return f"{file} is right, and yet looks like an attack. See the note under `note.suspicion`."


def _mistake(variant: Variant, record: Record, failed: list[Check], file: str) -> str:
    wanted = " or ".join(variant.findings)
    at = [check for check in failed if variant.check in (None, check.id)]
    if at:
        codes = ", ".join(dict.fromkeys(f.code for check in at for f in check.findings[:1])) or "no name"
        return (
            f"{at[0].id} finds it as {codes}, and {file} accepts {wanted}. If that is as true and as "
            "helpful, write it into `finding`; else let the check tell the two apart."
        )
    before = [check for check in record.checks if check.id == variant.check and check.waits_for]
    if before:
        return (
            f"{variant.check} never ran: it waits for {before[0].waits_for}, which this mistake breaks "
            f"first. Name that one as `check` in {file}."
        )
    if failed:
        return f"Found by {failed[0].id}, not by {variant.check}. Name the check that finds it in {file}."
    return (
        f"Nobody finds it: {variant.check or 'every check'} passes. Either the edit in {file} changes "
        "nothing that counts, or the check needs other inputs, or a comparison that this mistake fails."
    )


def _broken(check: Check, record: Record) -> str:
    if check.state == "undecided" and any(f.code == "note.undecided" for f in check.findings):
        return f"{check.id} could not decide. A check of a lesson has to, on every notebook of its solutions."
    troubles = [n.facts.get("trouble", "") for n in record.notes if n.facts.get("check") == check.id]
    said = f" {troubles[0]}." if troubles and troubles[0] else ""
    return (
        f"{check.id} itself broke:{said or ' see its record.'} Mend it there: what student code raises comes "
        "to a check as a finding, so this is an error of the check."
    )


def _facts(check: Check) -> str:
    facts = check.findings[0].facts if check.findings else {}
    said = ", ".join(f"{name} = {value}" for name, value in facts.items() if value != "" and name != "name")
    return said or "what it compares"


def _sentence(said: str) -> str:
    return said if said.endswith((".", "?")) else said + "."
