// The loop that one writes with aws-sdk-js v3: a scan in 8 segments, whole items back by BatchWriteItem, without a condition.
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import { TABLE, client, email, finish, segments } from './common.mjs'

const done = await segments(async (items) => {
    let count = 0
    for (let at = 0; at < items.length; at += 25) {
        let requests = items.slice(at, at + 25).map((item) => ({ PutRequest: { Item: { ...item, email: email(item.email) } } }))
        count += requests.length
        while (requests.length > 0) {
            const answer = await client.send(new BatchWriteCommand({ RequestItems: { [TABLE]: requests } }))
            requests = answer.UnprocessedItems?.[TABLE] ?? []
        }
    }
    return count
})
finish(done)
