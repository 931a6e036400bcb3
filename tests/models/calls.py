"""Ways to say what an operation is asked for: each takes an `Asker`, and gives the parameters of its calls."""


def each(name, lister, path, **others):
    """One call for each of what a list names; `path` is where the list names it."""
    return lambda ask: [{name: found, **others} for found in ask(lister, path)]


def within(outer, outer_lister, outer_path, name, lister, path):
    """One call for each of what a list names inside of each of what another names."""
    return lambda ask: [
        {outer: whole, name: found}
        for whole in ask(outer_lister, outer_path)
        for found in ask(lister, path, **{outer: whole})
    ]


def literally(*parameters):
    return lambda ask: list(parameters)


def batches(name, most, found, **others):
    """One call for each `most` of what was found."""
    return [{name: found[at : at + most], **others} for at in range(0, len(found), most)]


def by_ids(name, lister, path):
    """Everything at once, and then what that names by id."""
    return lambda ask: [{}] + [{name: [found]} for found in ask(lister, path)]
