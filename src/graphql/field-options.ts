// Options of fields that say what a field reads, whether an answer that shows it may be kept in memory, and whether the outside can
// ask for it: fields and types with `internal: true` are in the schema that our own doors ask, and not in the one that is served.
import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core'
import { GraphQLSchema } from 'graphql'
import { withoutUndefined } from '../foundation/rules.ts'
import type { ReadingOptions } from '../rows/plan-below.ts'

export const FIELD_OPTIONS = 'fieldOptions'

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      fieldOptions: FieldOptionsPlugin<Types>
    }
    export interface BuildSchemaOptions<Types extends SchemaTypes> {
      /** Whether to build the schema that our own doors ask. */
      internal?: boolean
    }
    export interface ObjectTypeOptions<Types extends SchemaTypes = SchemaTypes, Shape = unknown> {
      /** Every field that gives one must be internal as well. */
      internal?: true
    }
    export interface FieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      ParentShape = unknown,
      Type extends TypeParam<Types> = TypeParam<Types>,
      Nullable extends FieldNullability<Type> = FieldNullability<Type>,
      Args extends InputFieldMap = InputFieldMap,
      ResolveShape = unknown,
      ResolveReturnShape = unknown,
    > {
      /**
       * Whether an answer that shows the field may be kept (`pipeline/kept-answers.ts`). The field may depend on the project that
       * the query begins with, on the names of accounts, and on what the viewer may do in that project. It must not depend on
       * anything else, because `content_versions` counts only changes of these. An answer with any other field is made again each
       * time.
       */
      kept?: true
      /** The fields of its row that it reads besides the id. `expose` says that by itself. Absent: it gets the whole row. */
      reads?: readonly (keyof ParentShape & string)[]
      /** The child that is read in the same statement as its row, made from its arguments and from the fields below it. */
      child?: ReadingOptions['child']
      /** Its value is its own row under another type, so the fields below it read the same row. */
      sameRow?: true
      internal?: true
    }
  }
}

const isInternal = ({ pothosOptions }: { pothosOptions: object }) => 'internal' in pothosOptions

class FieldOptionsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(config: PothosTypeConfig): PothosTypeConfig {
    return isInternal(config) ? { ...config, extensions: { ...config.extensions, internal: true } } : config
  }

  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> | null {
    if (isInternal(config) && !this.options.internal) return null
    const { kept, reads, child, sameRow } = config.pothosOptions as ReadingOptions & { kept?: true }
    const given = withoutUndefined({ kept, reads, child, sameRow })
    return { ...config, extensions: { ...config.extensions, ...given } }
  }

  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    if (this.options.internal) return schema
    const { types, ...config } = schema.toConfig()
    return new GraphQLSchema({ ...config, types: types.filter(({ extensions }) => !extensions.internal) })
  }
}

SchemaBuilder.registerPlugin(FIELD_OPTIONS, FieldOptionsPlugin)
