import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type GraphQLSchema, parse, validate } from 'graphql'
import { z } from 'zod'
import { StartError } from '../foundation/start-error.ts'
import { decodeDocument } from '../foundation/text-decoding.ts'
import { sha256 } from './texts.ts'

/** The texts of operations by their SHA-256 in hexadecimal and by their hashes in a manifest. */
export type TrustedDocuments = ReadonlyMap<string, string>

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

const Manifest = z.record(z.string(), z.string())

/** A `.json` file maps hashes to texts, in the format of GraphQL Code Generator. A `.graphql` file is one text. */
function documentsIn(file: string): [hash: string, text: string][] {
  const content = decodeDocument(readFileSync(file))
  const named = file.endsWith('.json') ? Object.entries(Manifest.parse(JSON.parse(content))) : []
  const texts = file.endsWith('.json') ? named.map(([, text]) => text) : [content]
  return [...named, ...texts.map((text): [string, string] => [sha256(text), text])]
}

function readFile(folder: string, name: string, schema: GraphQLSchema): [string, string][] {
  try {
    const documents = documentsIn(path.join(folder, name))
    const [problem] = documents.flatMap(([, text]) => validate(schema, parse(text)))
    if (problem) throw problem
    return documents
  } catch (error) {
    throw new StartError(`TRUSTED_DOCUMENTS: ${name}: ${messageOf(error)}`)
  }
}

/**
 * Loads all documents of the folder. Throws a StartError with the name of a file that is unreadable or does not fit the schema.
 */
export function loadTrustedDocuments(folder: string, schema: GraphQLSchema): TrustedDocuments {
  const names = readFolder(folder).filter((name) => /\.(?:graphql|json)$/.test(name))
  if (names.length === 0) throw new StartError(`TRUSTED_DOCUMENTS: ${folder} has no .graphql or .json file`)
  return new Map(names.flatMap((name) => readFile(folder, name, schema)))
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw new StartError(`TRUSTED_DOCUMENTS: ${messageOf(error)}`)
  }
}
