// Clients cannot ask for fields and types with `internal: true`. They are in the schema that our own doors ask, and not in the
// schema that is served.
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

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      internal: InternalPlugin<Types>
    }
    export interface BuildSchemaOptions<Types extends SchemaTypes> {
      /** Whether to build the schema that our own doors ask. */
      internal?: boolean
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
      internal?: true
    }
    export interface ObjectTypeOptions<Types extends SchemaTypes = SchemaTypes, Shape = unknown> {
      /** Every field that gives an object of this type must be internal as well. */
      internal?: true
    }
  }
}

const isInternal = ({ pothosOptions }: { pothosOptions: object }) => 'internal' in pothosOptions

class InternalPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(config: PothosTypeConfig): PothosTypeConfig {
    return isInternal(config) ? { ...config, extensions: { ...config.extensions, internal: true } } : config
  }

  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> | null {
    return isInternal(config) && !this.options.internal ? null : config
  }

  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    if (this.options.internal) return schema
    const { types, ...config } = schema.toConfig()
    return new GraphQLSchema({ ...config, types: types.filter(({ extensions }) => !extensions.internal) })
  }
}

SchemaBuilder.registerPlugin('internal', InternalPlugin)
