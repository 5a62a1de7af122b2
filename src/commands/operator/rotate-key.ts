import { db } from '../../database/db.ts'
import { rotateSigningKey } from '../../signing/signing-keys.ts'
import { withDatabase } from './with-database.ts'

export const rotateKey = () => withDatabase(() => db.$transaction(rotateSigningKey))
