// The same with aws-sdk-js v3 and 25 conditional PartiQL statements a call: what is safe beside live traffic.
import { BatchExecuteStatementCommand } from '@aws-sdk/lib-dynamodb'
import { client, email, finish, segments } from './common.mjs'

const done = await segments(async (items) => {
    let count = 0
    for (let at = 0; at < items.length; at += 25) {
        const Statements = items.slice(at, at + 25).map((item) => ({
            Statement: 'UPDATE "orders" SET "email"=? WHERE "id"=? AND "email"=?',
            Parameters: [email(item.email), item.id, item.email],
        }))
        const answer = await client.send(new BatchExecuteStatementCommand({ Statements }))
        for (const response of answer.Responses) {
            if (!response.Error) count += 1
            else if (response.Error.Code !== 'ConditionalCheckFailed') throw new Error(response.Error.Message)
        }
    }
    return count
})
finish(done)
