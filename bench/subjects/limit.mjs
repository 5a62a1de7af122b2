// The limit: node:http, one prepared statement, and its text passed through. It parses no query and knows no schema.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import pg from 'pg'
import { statements } from './limit-sql.mjs'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })
const statementOf = statements(process.env.BASE_URL)

const positionIn = (cursor) => JSON.stringify(JSON.parse(Buffer.from(cursor, 'base64url').toString()).slice(1))
const digestOf = (token) => createHash('sha256').update(token).digest()

function valuesOf(operation, { path, first, after, tag, input }, token) {
  if (operation === 'one') return [path, tag]
  if (operation === 'create') {
    const { projectPath, tagName, name, description, assets } = input
    return [projectPath, tagName, name, description, JSON.stringify(assets.links)]
  }
  return [path, first, after ? positionIn(after) : null, ...(token ? [digestOf(token)] : [])]
}

const prepared = new Map()

function prepare(operation, variant) {
  const name = `${operation} ${variant.token} ${variant.after}`
  if (!prepared.has(name)) prepared.set(name, { name, text: statementOf[operation](variant), rowMode: 'array' })
  return prepared.get(name)
}

async function answer(body, token) {
  const { operationName, variables } = JSON.parse(body)
  const statement = prepare(operationName, { token: token !== undefined, after: Boolean(variables.after) })
  const { rows } = await pool.query({ ...statement, values: valuesOf(operationName, variables, token) })
  return rows[0][0]
}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', async () => {
    try {
      const text = await answer(Buffer.concat(chunks).toString(), request.headers['private-token'])
      const length = Buffer.byteLength(text)
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': length }).end(text)
    } catch (error) {
      response.writeHead(500).end(error.stack)
    }
  })
})
server.listen(Number(process.env.PORT), '127.0.0.1')
