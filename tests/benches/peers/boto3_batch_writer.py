"""The loop that one writes with boto3: a scan in 8 segments, a thread each, whole items back by batch_writer, without a condition."""

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3

SEGMENTS, PAGE = 8, 500


session = boto3.session.Session(aws_access_key_id="bench", aws_secret_access_key="bench", region_name="eu-central-1")
# A resource is not safe to share between threads.
tables = [session.resource("dynamodb", endpoint_url=sys.argv[1]).Table("orders") for _ in range(SEGMENTS)]


def segment(number):
    table = tables[number]
    done, start = 0, {}
    with table.batch_writer() as batch:
        while True:
            page = table.scan(Segment=number, TotalSegments=SEGMENTS, Limit=PAGE, **start)
            for item in page["Items"]:
                item["email"] = item["email"].lower()
                batch.put_item(Item=item)
                done += 1
            if "LastEvaluatedKey" not in page:
                return done
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


with ThreadPoolExecutor(SEGMENTS) as pool:
    done = sum(pool.map(segment, range(SEGMENTS)))
with open("/proc/self/status", encoding="utf-8") as status:
    peak = int(re.search(r"VmHWM:\s*(\d+)", status.read())[1])
print(json.dumps({"done": done, "peak_kib": peak}))
