// What the scripts for Node.js share: a client, a scan in 8 segments, and the last line that the runner reads.
import { readFileSync } from 'node:fs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'

export const TABLE = 'orders'
export const SEGMENTS = 8
export const PAGE = 500

export const config = {
    endpoint: process.argv[2],
    region: 'eu-central-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
}
export const client = DynamoDBDocumentClient.from(new DynamoDBClient(config))

export const email = (before) => before.toLowerCase()

/** Goes through all segments at once, a page at a time; returns how many items were written. */
export async function segments(page) {
    const counts = Array.from({ length: SEGMENTS }, async (_, Segment) => {
        let count = 0
        let ExclusiveStartKey
        do {
            const scan = new ScanCommand({ TableName: TABLE, Segment, TotalSegments: SEGMENTS, Limit: PAGE, ExclusiveStartKey })
            const answer = await client.send(scan)
            count += await page(answer.Items)
            ExclusiveStartKey = answer.LastEvaluatedKey
        } while (ExclusiveStartKey)
        return count
    })
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}

export function finish(done) {
    const peak = Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
    console.log(JSON.stringify({ done, peak_kib: peak }))
}
