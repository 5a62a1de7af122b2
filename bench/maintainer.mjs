// A temporary account that may delete releases, because the data set has none.
import { digestOf, generateToken } from '../dist/authentication/token-secrets.js'

const INSERT = `
  WITH maintainer AS (INSERT INTO users (username, name, email)
         VALUES ('bench-maintainer', 'Bench maintainer', 'bench-maintainer@example.com') RETURNING id),
       member AS (INSERT INTO project_members (project_id, user_id, role)
         SELECT p.id, m.id, 40 FROM projects p, maintainer m WHERE p.full_path = 'bench/big')
  INSERT INTO access_tokens (user_id, name, digest, scopes) SELECT id, 'bench', $1, '{api}' FROM maintainer`
const DELETE = `DELETE FROM users WHERE username = 'bench-maintainer'`

/** Calls `use` with the account's token. */
export async function withMaintainer(client, use) {
  const token = generateToken()
  // A killed run may have left the account behind.
  await client.query(DELETE)
  await client.query(INSERT, [digestOf(token)])
  try {
    return await use(token)
  } finally {
    await client.query(DELETE)
  }
}
