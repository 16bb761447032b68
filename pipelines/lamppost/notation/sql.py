"""What SQL calls the tables of a dataset, in figures, indicators and derived datasets alike."""


def table_name(dataset: str, resource: str, *, alone: bool) -> str:
    """`dataset`, or `dataset_resource` where the resource is not `alone` in its dataset; dashes as underscores."""
    return (dataset if alone else f"{dataset}_{resource}").replace("-", "_")
