"""Prepares delimited files with Spark, in the layout that seqrec reads.

    spark-submit prepare_spark.py --data FOLDER --out FOLDER [--partitions N]

The defaults are those of MovieLens 1M. Other files are a matter of arguments: what they are called, how
their columns are separated and named. Known column names are user, item, rating, time, title and genres;
any other column of the users file becomes a field of one category.
"""

import argparse
import json
from functools import reduce
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StructField, StructType

def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", required=True, help="folder with the files")
    parser.add_argument("--out", required=True, help="folder to write; must not exist")
    parser.add_argument("--name", default="ml-1m")
    parser.add_argument("--partitions", type=int, default=1, help="partitions of the events by user hash")
    parser.add_argument("--events", default="ratings.dat")
    parser.add_argument("--event-columns", default="user,item,rating,time")
    parser.add_argument("--items", default="movies.dat", help="empty: there is none")
    parser.add_argument("--item-columns", default="item,title,genres")
    parser.add_argument("--users", default="users.dat", help="empty: there is none")
    parser.add_argument("--user-columns", default="user,gender,age,occupation,zip_code")
    parser.add_argument("--separator", default="::")
    parser.add_argument("--genre-separator", default="|")
    parser.add_argument("--encoding", default="ISO-8859-1")
    parser.add_argument("--header", action="store_true", help="the first line names the columns")
    parser.add_argument("--quote", default="", help="what fields may stand in; empty: nothing")
    parser.add_argument("--item-min", type=int, default=5, help="fewest events of an item")
    parser.add_argument("--user-min", type=int, default=5, help="fewest events of a user on such items")
    return parser.parse_args()


def read(spark, args, file, columns) -> DataFrame:
    """A file as text columns, and `row`, which orders the rows as the file does.

    Spark cuts a file into blocks and deals them out in an order of its own. The running number of a row
    is right within its block only, so that the start of the block comes before it.
    """
    options = dict(sep=args.separator, encoding=args.encoding, header=args.header, quote=args.quote)
    schema = ", ".join(f"`{name}` string" for name in columns.split(","))
    table = spark.read.csv(str(Path(args.data) / file), schema=schema, mode="FAILFAST", **options)
    place = F.struct("_metadata.file_path", "_metadata.file_block_start", F.monotonically_increasing_id())
    return table.withColumn("row", place)


def numbered(table, name, first, *order) -> DataFrame:
    """Adds consecutive numbers from `first` in the given order, on all machines."""
    schema = StructType([*table.schema.fields, StructField(name, LongType(), False)])
    rows = table.orderBy(*order).rdd.zipWithIndex().map(lambda pair: (*pair[0], pair[1] + first))
    return rows.toDF(schema)


def one_pass_filter(events, item_min, user_min):
    """Items with `item_min` events, then users with `user_min` events on those; both with the row of
    their first event, since that decides ties, and in the file as it was, not as it is filtered."""
    items = events.groupBy("item").agg(F.count("*").alias("count"), F.min("row").alias("row"))
    items = items.where(F.col("count") >= item_min)
    users = events.groupBy("user").agg(F.min("row").alias("row"))
    lengths = events.join(items, "item", "left_semi").groupBy("user").agg(F.count("*").alias("events"))
    return items, users.join(lengths.where(F.col("events") >= user_min), "user")


def texts(values) -> Column:
    """A list without empty texts."""
    return F.filter(values, lambda text: text != "")


def item_table(args, spark, items) -> DataFrame:
    """Titles and genres, and what they say: category, words, year."""
    items = items.select("item", "item_id")
    if not args.items:
        return items.withColumn("listed", F.lit(None).cast("long"))
    table = read(spark, args, args.items, args.item_columns).withColumnRenamed("item", "item_id")
    table = numbered(table.join(items, "item_id", "left_semi"), "listed", 0, "row")
    fields = {}
    if "genres" in table.columns:
        genres = texts(F.split("genres", f"[{args.genre_separator}]"))
        fields["field_category"] = F.try_element_at(genres, F.lit(1))
        fields["field_genres"] = genres
    if "title" in table.columns:
        years = F.regexp_extract_all("title", F.lit(r"\((\d{4})\)"))
        fields["title"] = F.trim("title")
        fields["field_title_tokens"] = texts(F.split(F.lower("title"), r"[^\p{IsAlphabetic}\p{N}]+"))
        fields["field_year"] = F.try_element_at(years, F.lit(-1)).cast("float")
    named = [column.alias(name) for name, column in fields.items()]
    table = items.join(table.select("item_id", "listed", *named), "item_id", "left")
    lists = [name for name, kind in table.dtypes if kind.startswith("array")]
    empty = F.array().cast("array<string>")
    return table.withColumns({name: F.coalesce(name, empty) for name in lists})


def user_table(args, spark, users) -> DataFrame:
    users = users.select("user", "user_id", "events")
    if not args.users:
        return users
    names = [name for name in sorted(args.user_columns.split(",")) if name != "user"]
    fields = [F.col(name).alias(f"field_{name}") for name in names]
    table = read(spark, args, args.users, args.user_columns)
    return users.join(table.select(F.col("user").alias("user_id"), *fields), "user_id", "left")


def event_table(log, items, users) -> DataFrame:
    """Events of the users and items that are kept, numbered within each history."""
    events = log.withColumnsRenamed({"user": "user_id", "item": "item_id"})
    events = events.join(items.select("item_id", "item"), "item_id")
    events = events.join(users.select("user_id", "user"), "user_id")
    columns = ["user", "position", "item"]
    for name, kind in (("time", "long"), ("rating", "float")):
        if name in log.columns:
            events = events.withColumn(name, F.col(name).cast(kind))
            columns.append(name)
    order = [name for name in ("time", "row") if name in events.columns]
    place = F.row_number().over(Window.partitionBy("user").orderBy(*order)) - 1
    return events.withColumn("position", place.cast("long")).select("user_id", *columns)


def write_events(events, partitions, folder):
    if partitions > 1:
        first_digits = F.conv(F.substring(F.sha2("user_id", 256), 1, 8), 16, 10).cast("long")
        events = events.withColumn("user_hash", first_digits % partitions).repartition("user_hash")
    rows = events.drop("user_id").sortWithinPartitions("user", "position").write
    (rows.partitionBy("user_hash") if partitions > 1 else rows).parquet(folder)


def name_table(name, table, order) -> list[DataFrame]:
    """Numbers the values of every column of categories from 1 by first appearance."""
    numberings = []
    for column, kind in table.dtypes:
        if not column.startswith("field_") or "string" not in kind:
            continue
        values = F.posexplode(F.col(column) if kind.startswith("array") else F.array(column))
        rows = table.where(F.col(order).isNotNull()).select(order, values.alias("place", "name"))
        rows = rows.where("name is not null").groupBy("name")
        codes = numbered(rows.agg(F.min(F.struct(order, "place")).alias("first")), "code", 1, "first")
        where = [F.lit(name).alias("table"), F.lit(column).alias("column")]
        numberings.append(codes.select(*where, "code", "name"))
    return numberings


def file_records(spark, out) -> list[dict]:
    """Size and SHA-256 of every file, by which a reader notices damage."""
    files = spark.read.format("binaryFile").options(recursiveFileLookup=True, pathGlobFilter="*.parquet")
    found = files.load(str(out)).select("path", "length", F.sha2("content", 256)).orderBy("path").collect()
    below = f"/{out.name}/"
    return [
        {"path": path[path.rindex(below) + len(below) :], "bytes": length, "sha256": sha256}
        for path, length, sha256 in found
    ]


def main():
    args = arguments()
    spark = SparkSession.builder.appName("prepare").getOrCreate()
    out = Path(args.out)
    log = read(spark, args, args.events, args.event_columns).cache()
    items, users = one_pass_filter(log, args.item_min, args.user_min)
    items = numbered(items.withColumnRenamed("item", "item_id"), "item", 1, F.desc("count"), "row").cache()
    users = numbered(users.withColumnRenamed("user", "user_id"), "user", 0, "row").cache()

    write_events(event_table(log, items, users), args.partitions, str(out / "events"))
    item_rows, user_rows = item_table(args, spark, items).cache(), user_table(args, spark, users).cache()
    item_rows.write.parquet(str(out / "items"))
    user_rows.write.parquet(str(out / "users"))
    none = spark.createDataFrame([], "`table` string, `column` string, code long, name string")
    numberings = name_table("items", item_rows, "listed") + name_table("users", user_rows, "user")
    reduce(DataFrame.union, numberings, none).write.parquet(str(out / "names"))

    raw = log.agg(F.countDistinct("user").alias("users"), F.countDistinct("item").alias("items"))
    card = {
        "format": 1,
        "name": args.name,
        "users": users.count(),
        "items": items.count(),
        "events": users.agg(F.sum("events")).first()[0],
        "raw": {**raw.first().asDict(), "events": log.count()},
        "time_unit": "seconds" if "time" in log.columns else None,
        "prepare": {
            "filter": {"kind": "one-pass", "item_min": args.item_min, "user_min": args.user_min}
        },
        "partitions": args.partitions,
        "files": file_records(spark, out),
    }
    # Last: a folder without a card is not taken for a prepared one.
    (out / "card.json").write_text(json.dumps(card, indent=2) + "\n")
    spark.stop()


if __name__ == "__main__":
    main()
