from app.services.commending.candidates import AwardedPerson, Candidates
from tests.world import World, actor_of
from tests.world.statements import noted
from tests.world.winners import name_persons, of_committee, of_unit, winners


async def test_how_many_persons_there_are_makes_no_more_statements(world: World) -> None:
    place = await winners(world)
    await name_persons(place, of_unit(place, "王芳"))
    counts = []
    for names in (("李强", "赵敏"), [f"第{number}人" for number in range(40)]):
        people = [AwardedPerson.model_validate(of_unit(place, name)) for name in names]
        people.append(AwardedPerson.model_validate(of_committee(place, "王芳")))
        async with world.viewing(actor_of(place.clerk)) as view:
            with noted(world.database) as sent:
                choice = await Candidates(view, place.campaign.id, "advanced_person").persons(people, "/persons")
        assert (len(choice.chosen), list(choice.findings)) == (len(people), [])
        counts.append(len(sent))
    assert counts == [3, 3]
