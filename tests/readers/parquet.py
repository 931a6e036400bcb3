#!/usr/bin/env python3
"""Holds the Parquet that palisade writes against three readers: each must see the same columns, types and values.

    python3 -m venv /tmp/readers
    /tmp/readers/bin/pip install duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1
    mkdir /tmp/samples
    PALISADE_SAMPLES=/tmp/samples cargo test -p palisade-report -- --ignored write_samples
    /tmp/readers/bin/python tests/readers/parquet.py /tmp/samples

Run by hand, for it needs packages. What is read is also held against the CSV and the lines of OCSF of the same report.
"""

import csv
import datetime
import json
import pathlib
import shutil
import sys
import tempfile

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

NAMES = ["rich", "empty", "hostile", "nameless"]
ACCOUNT = "000000000123"


def plain(value):
    """A value in one form, whatever reader it comes from."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def kind(reader, of):
    """A column's type in one form, whatever reader names it."""
    if reader == "pyarrow":
        if pa.types.is_list(of):
            return [kind(reader, of.value_type)]
        if pa.types.is_struct(of):
            return {field.name: kind(reader, field.type) for field in of}
        return {
            "string": "text", "bool": "flag", "int32": "int", "int64": "long", "date32[day]": "day",
            "timestamp[ms, tz=UTC]": "time",
        }[str(of)]  # fmt: skip
    if reader == "polars":
        if isinstance(of, pl.List):
            return [kind(reader, of.inner)]
        if isinstance(of, pl.Struct):
            return {field.name: kind(reader, field.dtype) for field in of.fields}
        return {
            pl.String: "text", pl.Boolean: "flag", pl.Int32: "int", pl.Int64: "long", pl.Date: "day",
            pl.Datetime("ms", "UTC"): "time",
        }[of]  # fmt: skip
    if of.id == "list":
        return [kind(reader, of.children[0][1])]
    if of.id == "struct":
        return {name: kind(reader, child) for name, child in of.children}
    return {
        "varchar": "text", "boolean": "flag", "integer": "int", "bigint": "long", "date": "day",
        "timestamp with time zone": "time",
    }[of.id]  # fmt: skip


def by_pyarrow(path):
    table = pq.read_table(path)
    return {field.name: kind("pyarrow", field.type) for field in table.schema}, table.to_pylist()


def by_polars(path):
    frame = pl.read_parquet(path)
    return {name: kind("polars", of) for name, of in frame.schema.items()}, frame.to_dicts()


def by_duckdb(path):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    relation = connection.sql(f"SELECT * FROM read_parquet('{path}', hive_partitioning = false)")
    types = {name: kind("duckdb", of) for name, of in zip(relation.columns, relation.types)}
    return types, [dict(zip(relation.columns, row)) for row in relation.fetchall()]


def without_nulls(value):
    if isinstance(value, dict):
        return {key: without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [without_nulls(one) for one in value]
    return value


def one_file(path):
    seen = {read.__name__: read(path) for read in (by_pyarrow, by_polars, by_duckdb)}
    types, rows = seen["by_pyarrow"]
    rows = plain(rows)
    for name, (its_types, its_rows) in seen.items():
        assert its_types == types, f"{path}: {name} sees {its_types}, pyarrow {types}"
        assert plain(its_rows) == rows, f"{path}: {name} reads other values"
    return types, rows


def against_the_csv(rows, path):
    with open(path, encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, strict=True))
    assert len(lines) == len(rows), f"{path}: {len(lines)} and {len(rows)} rows"
    for line, row in zip(lines, rows):
        assert list(line) == [name if name != "account_uid" else "account" for name in row]
        assert None not in line.values() and None not in line
        for name in ("uid", "status", "severity", "suppressed", "exposed", "expires", "complete"):
            value = row[name]
            text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            assert line[name] == text, f"{name}: {line[name]} and {text}"


def against_the_lines(rows, path):
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    assert len(lines) == len(rows), f"{path}: {len(lines)} and {len(rows)} rows"
    for line, row in zip(lines, rows):
        row = without_nulls(row)
        row["unmapped"] = json.loads(row["unmapped"])
        assert row == line, f"{row}\n{line}"


def in_a_lake(files, folder):
    """Files under keys in their path, read with the types said: the account keeps its zeros."""
    for day, file in enumerate(files):
        place = folder / f"accountId={ACCOUNT}" / f"eventDay=2026112{day}"
        place.mkdir(parents=True)
        shutil.copy(file, place / "findings.parquet")
    keys = pa.schema([("accountId", pa.string()), ("eventDay", pa.string())])
    told = {
        "duckdb": duckdb.sql(
            f"SELECT * FROM read_parquet('{folder}/**/*.parquet', hive_types = {{'accountId': VARCHAR, 'eventDay': VARCHAR}})"
        ).pl(),
        "polars": pl.scan_parquet(folder, hive_schema={"accountId": pl.String, "eventDay": pl.String}).collect(),
        "pyarrow": pl.from_arrow(ds.dataset(folder, partitioning=ds.partitioning(keys, flavor="hive")).to_table()),
    }
    guessed = {
        "duckdb": duckdb.sql(f"SELECT accountId FROM read_parquet('{folder}/**/*.parquet')").pl(),
        "polars": pl.scan_parquet(folder).select("accountId").collect(),
        "pyarrow": pl.from_arrow(ds.dataset(folder, partitioning="hive").to_table(columns=["accountId"])),
    }
    for name, frame in told.items():
        values = set(frame["accountId"].to_list())
        assert values == {ACCOUNT}, f"{name}: {values}"
        assert frame.height == told["duckdb"].height, f"{name}: {frame.height} rows"
    for name, frame in guessed.items():
        print(f"  without types {name} takes accountId for {frame['accountId'].dtype}: {frame['accountId'].unique().to_list()}")


def main():
    samples = pathlib.Path(sys.argv[1])
    for extension in ("parquet", "ocsf.parquet"):
        types = []
        for name in NAMES:
            of, rows = one_file(samples / f"{name}.{extension}")
            types.append(of)
            if extension == "parquet":
                against_the_csv(rows, samples / f"{name}.csv")
            else:
                against_the_lines(rows, samples / f"{name}.ocsf")
            print(f"{name}.{extension}: {len(rows)} rows, {len(of)} columns, alike in three readers")
        assert all(one == types[0] for one in types), "files differ in their schema"
        with tempfile.TemporaryDirectory() as folder:
            in_a_lake([samples / f"{name}.{extension}" for name in NAMES], pathlib.Path(folder))
        print(f"{extension}: accountId={ACCOUNT} keeps its zeros in three readers that are told its type")


main()
