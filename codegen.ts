import type { CodegenConfig } from '@graphql-codegen/cli'

/** Types of the operations that tests send, from schema.graphql: a test that no longer fits the schema does not compile. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['test/**/*.ts', '!test/generated/**', '!test/**/node_modules/**'],
  generates: {
    'test/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        importExtension: '.ts',
        enumsAsTypes: true,
        documentMode: 'string',
        strictScalars: true,
        scalars: {
          Time: 'string',
          JSON: 'unknown',
          ReleaseID: 'string',
          ReleasesLinkID: 'string',
          MilestoneID: 'string',
          UserID: 'string',
          GroupID: 'string',
          AccessTokenID: 'string',
          CiFreezePeriodID: 'string',
          ProtectedTagID: 'string',
        },
      },
    },
  },
}

export default config
