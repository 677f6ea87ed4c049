"""Who may do what with an article, what has to be said with it, and who hears of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed, NotFound
from itsm.core.mail import compose
from itsm.core.outbox import Mail
from itsm.kb import policy, queries, record, revisions
from itsm.kb.models import Article, Audience, Language, Shape
from itsm.kb.service import articles, details, flow, submissions
from itsm.kb.service import bin as recycle_bin
from itsm.kb.service.articles import Words
from itsm.kb.states import State
from tests.kb.factories import make_article, make_draft
from tests.kb.submissions import WORDS, make_submission
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_school

pytestmark = pytest.mark.usefixtures("session")

IN_REVIEW, PUBLISHED, DRAFT = State.IN_REVIEW, State.PUBLISHED, State.DRAFT
# verb: (the article it starts with, called with words, called by an editor, by the owner, by a stranger to it)
Verb = Callable[[Actor, Article], object]


def _submitted() -> Article:
    return make_submission()


def _asked() -> Article:
    article = make_submission()
    flow.ask(editor(), article, "Welches Gerät?", MONDAY_9AM)
    return article


def _in_review() -> Article:
    article = make_draft()
    flow.hand_in(editor(), article, "", MONDAY_9AM)
    return article


def _archived() -> Article:
    article = make_article()
    flow.archive(editor(), article, "Veraltet", MONDAY_9AM)
    return article


def editor() -> Actor:
    return actor_for(make_user(Role.KB_EDITOR))


# verb: the article it starts with, the call, whether owner and deputy may do it too
VERBS: dict[str, tuple[Callable[[], Article], Verb, bool]] = {
    "ask": (_submitted, lambda me, it: flow.ask(me, it, "Frage?", MONDAY_9AM), False),
    "accept": (_submitted, lambda me, it: flow.accept(me, it, "", MONDAY_9AM), False),
    "decline": (_asked, lambda me, it: flow.decline(me, it, "Gibt es schon.", MONDAY_9AM), False),
    "revise": (make_article, lambda me, it: flow.revise(me, it, MONDAY_9AM), True),
    "hand-in": (make_draft, lambda me, it: flow.hand_in(me, it, "", MONDAY_9AM), True),
    "send-back": (_in_review, lambda me, it: flow.send_back(me, it, "Bilder", MONDAY_9AM), True),
    "publish": (_in_review, lambda me, it: flow.publish(me, it, MONDAY_9AM), False),
    "confirm": (make_article, lambda me, it: flow.confirm(me, it, MONDAY_9AM), True),
    "flag": (make_article, lambda me, it: flow.flag(me, it, "Menü heißt anders", MONDAY_9AM), True),
    "archive": (make_article, lambda me, it: flow.archive(me, it, "Gerät weg", MONDAY_9AM), False),
    "reopen": (_archived, lambda me, it: flow.reopen(me, it, MONDAY_9AM), False),
    "set-days": (make_article, lambda me, it: flow.set_days(me, it, MONDAY, None, MONDAY_9AM), True),
    "delete": (make_article, lambda me, it: recycle_bin.throw_away(me, it, "Doppelt", MONDAY_9AM), False),
}


@pytest.mark.parametrize("name", VERBS)
def test_editors_do_everything_owners_their_part_and_others_nothing(name: str) -> None:
    make, verb, owner_may = VERBS[name]
    article = make()
    for outsider in (None, Role.CAMPUS_MANAGER, Role.AUDITOR):
        with pytest.raises(NotAllowed):
            verb(actor_for(make_user(outsider)), article)
    owner = make_user(Role.SECOND_LEVEL)
    article.owner_id = owner.id
    if owner_may:
        verb(actor_for(owner), article)
    else:
        with pytest.raises(NotAllowed):
            verb(actor_for(owner), article)
        verb(editor(), article)
    db.session.commit()
    assert record.entries(article)[-1].move == name


@pytest.mark.parametrize("name", ["ask", "decline", "send-back", "flag", "archive", "delete"])
def test_what_takes_something_from_somebody_needs_words(name: str) -> None:
    verbs: dict[str, Callable[[Actor, Article], object]] = {
        "ask": lambda me, it: flow.ask(me, it, " ", MONDAY_9AM),
        "decline": lambda me, it: flow.decline(me, it, " ", MONDAY_9AM),
        "send-back": lambda me, it: flow.send_back(me, it, " ", MONDAY_9AM),
        "flag": lambda me, it: flow.flag(me, it, " ", MONDAY_9AM),
        "archive": lambda me, it: flow.archive(me, it, " ", MONDAY_9AM),
        "delete": lambda me, it: recycle_bin.throw_away(me, it, " ", MONDAY_9AM),
    }
    with pytest.raises(DomainError, match="Bitte schreiben Sie"):
        verbs[name](editor(), VERBS[name][0]())


def test_publishing_and_confirming_set_the_next_review() -> None:
    article = _in_review()
    flow.publish(editor(), article, MONDAY_9AM)
    assert (article.state, article.review_on) == (PUBLISHED, MONDAY + timedelta(days=365))
    flow.flag(editor(), article, "Stimmt nicht", MONDAY_9AM)
    assert article.is_live
    flow.confirm(editor(), article, MONDAY_9AM + timedelta(days=10))
    assert (article.state, article.review_on) == (PUBLISHED, MONDAY + timedelta(days=375))


def test_changes_to_a_published_article_go_straight_to_review() -> None:
    article, writer = make_article(), editor()
    articles.save(
        writer, article, Language.GERMAN, Words("Neu", "", "Text"), MONDAY_9AM, version=article.german.version_id
    )
    flow.hand_in(writer, article, "neues Menü", MONDAY_9AM)
    assert (article.state, article.is_live) == (IN_REVIEW, True)
    with pytest.raises(NotAllowed, match="zweiten Person"):
        flow.publish(writer, article, MONDAY_9AM)
    flow.publish(editor(), article, MONDAY_9AM)
    found = queries.published(article)
    assert found is not None
    assert found.title == "Neu"


def test_an_article_without_a_text_is_not_handed_in() -> None:
    article = make_draft()
    article.german.body = " "
    with pytest.raises(DomainError, match="noch keinen Text"):
        flow.hand_in(editor(), article, "", MONDAY_9AM)


def test_a_proposal_of_a_school_is_thanked_asked_answered_and_announced() -> None:
    desk = make_user(Role.KB_EDITOR)
    school = make_school()
    person = make_user(Role.REPORTER, school_id=school.id)
    article = make_submission(person, school)
    me, one = actor_for(person), actor_for(desk)
    flow.ask(one, article, "Welcher Beamer?", MONDAY_9AM)
    with pytest.raises(NotAllowed):
        flow.answer(one, article, "Ich?", MONDAY_9AM)
    flow.answer(me, article, "Der in 2.14", MONDAY_9AM)
    flow.accept(one, article, "Vielen Dank!", MONDAY_9AM)
    flow.hand_in(one, article, "", MONDAY_9AM)
    flow.send_back(one, article, "intern: Bild fehlt", MONDAY_9AM)
    flow.hand_in(one, article, "", MONDAY_9AM)
    flow.publish(one, article, MONDAY_9AM)
    db.session.commit()
    told = {mail.to_address: [item["sentence"] for item in mail.items] for mail in db.session.scalars(sa.select(Mail))}
    assert [sentence.split(".")[0].split("!")[0] for sentence in told[person.email]] == [
        "Wir haben eine Frage zu Ihrem Vorschlag",
        "Danke",
        "Ihr Artikel ist veröffentlicht",
    ]
    assert len(told[desk.email]) == 2
    written = {mail.template: str(compose(mail)) for mail in db.session.scalars(sa.select(Mail))}
    assert f"/wissen/einreichungen/{article.id}" in written["article-school"]
    assert f"/wissen/{article.id}/redaktion" in written["article-desk"]
    assert "intern" not in written["article-school"]
    assert article.owner_id == desk.id
    public = [entry.move for entry in record.entries(article, only_public=True)]
    assert public == ["begin", "ask", "answer", "accept"]


@pytest.mark.parametrize(("may_name", "named"), [(True, True), (False, False)])
def test_a_school_is_named_only_if_it_agreed(may_name: bool, named: bool) -> None:
    article = make_submission(may_name=may_name)
    assert article.submitted_school is not None
    assert (article.author == article.submitted_school.name) is named


def test_the_same_words_of_the_same_person_are_one_proposal() -> None:
    school = make_school()
    person = make_user(Role.REPORTER, school_id=school.id)
    assert make_submission(person, school) is make_submission(person, school)
    assert make_submission(school=school) is not make_submission(person, school)


def test_nobody_hands_in_an_article_for_a_school_of_others() -> None:
    person = actor_for(make_user(Role.REPORTER, school_id=make_school().id))
    with pytest.raises(NotAllowed):
        submissions.submit(person, make_school(), WORDS, MONDAY_9AM, may_name=True)


def test_whoever_submitted_an_article_neither_tends_it_nor_sees_what_the_editors_say() -> None:
    school = make_school()
    person = make_user(Role.REPORTER, school_id=school.id)
    article, me = make_submission(person, school), actor_for(person)
    assert (policy.may_follow(me, article), policy.may_tend(me, article)) == (True, False)
    with pytest.raises(NotFound):
        record.to_tend(me, article.id)


def test_who_has_left_the_support_hears_nothing_of_an_article_that_comes_back() -> None:
    article = _in_review()
    article.owner_id = make_user(Role.REPORTER).id
    db.session.commit()
    flow.send_back(editor(), article, "Bilder", MONDAY_9AM)
    assert db.session.scalars(sa.select(Mail)).all() == []


def test_the_filter_of_those_who_tend_and_the_rule_say_the_same() -> None:
    people = [make_user(role) for role in (None, *Role)]
    gone, shown, of_school = make_article(), make_article(), make_submission()
    gone.deleted_at = MONDAY_9AM
    for person in people:
        shown.owner_id, shown.deputy_id = person.id, people[0].id
        of_school.submitted_by_id = person.id
        db.session.commit()
        me = actor_for(person)
        found = set(db.session.scalars(sa.select(Article).where(policy.tended_by(me))))
        assert found == {article for article in (gone, shown, of_school) if policy.may_tend(me, article)}
        assert (shown in found) == policy.may_draft(me)


def test_a_live_article_in_the_bin_is_archived_and_comes_back_as_that() -> None:
    article, me = make_article(), editor()
    recycle_bin.throw_away(me, article, "Doppelt", MONDAY_9AM)
    assert (article.state, article.is_live, policy.may_edit(me, article)) == (State.ARCHIVED, False, False)
    recycle_bin.take_out(me, article, MONDAY_9AM)
    assert (article.deleted_at, article.state) == (None, State.ARCHIVED)
    with pytest.raises(Conflict):
        recycle_bin.take_out(me, article, MONDAY_9AM)


def test_neither_a_comma_of_others_nor_the_archive_lets_an_author_show_a_text_to_more_people() -> None:
    author, second, third = (actor_for(make_user(Role.KB_EDITOR)) for _ in range(3))
    article = articles.begin(author, Words("Netz", "", "So"), MONDAY_9AM, audience=Audience.SUPPORT, shape=Shape.TEXT)
    articles.save(second, article, Language.GERMAN, Words("Netz", "", "So."), MONDAY_9AM, version=1)
    flow.hand_in(author, article, "", MONDAY_9AM)
    flow.publish(third, article, MONDAY_9AM)
    wider = replace(details.of(article), audience=Audience.PUBLIC)
    with pytest.raises(NotAllowed):
        details.describe(author, article, wider, MONDAY_9AM, version=article.version_id)
    flow.archive(author, article, "Alt", MONDAY_9AM)
    flow.reopen(author, article, MONDAY_9AM)
    with pytest.raises(NotAllowed):
        details.describe(author, article, wider, MONDAY_9AM, version=article.version_id)
    assert details.describe(third, article, wider, MONDAY_9AM, version=article.version_id)


def test_an_old_revision_comes_back_as_a_new_one() -> None:
    article, me = make_draft("Alt"), editor()
    articles.save(me, article, Language.GERMAN, Words("Neu"), MONDAY_9AM, version=article.german.version_id)
    old = article.german.revisions[0]
    revisions.restore(me, article, old.id, MONDAY_9AM)
    db.session.commit()
    assert [(one.number, one.title) for one in revisions.of(article.german)] == [(3, "Alt"), (2, "Neu"), (1, "Alt")]
    with pytest.raises(NotFound):
        revisions.restore(me, make_draft(), old.id, MONDAY_9AM)


def test_restoring_in_a_published_article_makes_it_a_draft_as_writing_does() -> None:
    article, me = make_article("Alt"), editor()
    articles.save(me, article, Language.GERMAN, Words("Neu", "", "Neu."), MONDAY_9AM, version=article.german.version_id)
    flow.hand_in(me, article, "", MONDAY_9AM)
    flow.publish(editor(), article, MONDAY_9AM)
    revisions.restore(me, article, article.german.revisions[0].id, MONDAY_9AM)
    assert (article.state, article.is_live, article.german.title) == (DRAFT, True, "Alt")


def test_responsible_is_whoever_is_named_clearly_and_may_draft() -> None:
    article, me = make_article(), editor()
    twin, other = make_user(Role.KB_EDITOR, name="Kim Zwei"), make_user(Role.SECOND_LEVEL, name="Kim Zwei")
    flow.hand_over(me, article, record.named(twin.email.upper(), MONDAY), other, MONDAY_9AM)
    assert (article.owner, article.deputy) == (twin, other)
    for typed in ("Kim Zwei", "niemand", make_user(Role.REPORTER, school_id=make_school().id).email):
        with pytest.raises(DomainError, match="nicht eindeutig"):
            record.named(typed, MONDAY)
    with pytest.raises(DomainError, match="jemand anderes"):
        flow.hand_over(me, article, twin, twin, MONDAY_9AM)


def test_an_expired_article_is_found_again_with_a_later_day() -> None:
    article, me = make_article(valid_until=date(2026, 11, 1)), editor()
    assert not policy.may_read(me, article, MONDAY)
    flow.set_days(me, article, None, MONDAY, MONDAY_9AM)
    assert policy.may_read(me, article, MONDAY)
