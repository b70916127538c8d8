package dev.pargo.llm.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pargo.llm.constraint.grammar.GrammarAutomaton;
import dev.pargo.llm.constraint.language.FormatException;
import dev.pargo.llm.constraint.schema.JsonSchema;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.v1.AnswerFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An independent validator accepts every text that a schema's grammar accepts. */
class JsonSchemaTest {

    private static final SchemaRegistry VALIDATORS =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Tokenizer TOKENIZER = ByteTokenizer.random(3_000, 3);
    private static final Constraints CONSTRAINTS = new Constraints(TOKENIZER);

    private static List<Error> errors(String schema, String text) {
        Schema validator = VALIDATORS.getSchema(schema, InputFormat.JSON);
        return validator.validate(
                text,
                InputFormat.JSON,
                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
    }

    private static boolean accepts(String schema, String text) {
        GrammarAutomaton.State state = Octets.read(
                new GrammarAutomaton(JsonSchema.compile(schema, Octets.ALL)).start(),
                text.getBytes(StandardCharsets.UTF_8));
        return state != null && state.accepts();
    }

    static List<String> schemas() {
        return List.of(
                "true",
                "{}",
                "{'type':'object','properties':{'name':{'type':'string'},'age':{'type':'integer'}},'required':['name','age'],'additionalProperties':false}",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'boolean'},'c':{'type':'null'}},'required':['b']}",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'integer'},'c':{'type':'integer'},'d':{'type':'integer'}},'minProperties':2,'maxProperties':3}",
                "{'type':'object','properties':{'id':{'type':'integer'}},'required':['id'],'additionalProperties':{'type':'boolean'},'maxProperties':4}",
                "{'type':'object','additionalProperties':{'type':'array','items':{'type':'null'}}}",
                "{'type':'object','patternProperties':{'^x-':{'type':'integer'},'_s$':{'type':'string'}},'additionalProperties':false}",
                "{'type':'object','properties':{'x-a':{'minimum':3}},'patternProperties':{'^x-':{'type':'integer'}},'required':['x-a']}",
                "{'type':'object','propertyNames':{'pattern':'^[a-c]{1,3}$'},'additionalProperties':{'type':'integer'}}",
                "{'enum':['red','green','blue',null,1,2.5,true,[1,2],{'a':'b c'}]}",
                "{'enum':[1,2,'a','bc',null],'type':['integer','string'],'minLength':2,'minimum':2}",
                "{'const':{'a':[1,'\\\"quoted\\\"']}}",
                "{'type':'string','minLength':2,'maxLength':5}",
                "{'type':'string','maxLength':0}",
                "{'type':'string','pattern':'^[A-Z]{2}-[0-9]{3,4}$'}",
                "{'type':'string','pattern':'(foo|bar)+','maxLength':12}",
                "{'type':'string','pattern':'^\\\\S+@\\\\w+\\\\.(com|org)$','maxLength':30}",
                "{'type':'string','pattern':'^[\\\"\\\\\\\\\\\\n\\\\t]{1,4}$'}",
                "{'type':'string','pattern':'^.{3}$'}",
                "{'type':'string','format':'date'}",
                "{'type':'string','format':'date-time'}",
                "{'type':'string','format':'time'}",
                "{'type':'string','format':'uuid'}",
                "{'type':'string','format':'ipv4'}",
                "{'type':'string','format':'ipv6'}",
                "{'type':'string','format':'hostname'}",
                "{'type':'string','format':'uri'}",
                "{'type':'string','format':'duration'}",
                "{'type':'integer','minimum':-7,'maximum':1234}",
                "{'type':'integer','exclusiveMinimum':0,'exclusiveMaximum':10}",
                "{'type':'integer','minimum':95,'maximum':105}",
                "{'type':'integer','multipleOf':7,'minimum':10,'maximum':200}",
                "{'type':'integer','minimum':1.5}",
                "{'type':'number','minimum':-0.75,'maximum':12.05}",
                "{'type':'number','exclusiveMinimum':0.05,'exclusiveMaximum':0.11}",
                "{'type':'number','minimum':0,'multipleOf':0.01,'maximum':20}",
                "{'type':'number','maximum':-3}",
                "{'type':'number'}",
                "{'type':'array','items':{'type':'integer','minimum':0,'maximum':9},'minItems':2,'maxItems':4}",
                "{'type':'array','prefixItems':[{'type':'string','maxLength':3},{'type':'integer'}],'items':false,'minItems':1}",
                "{'type':'array','prefixItems':[{'type':'boolean'}],'items':{'type':'null'},'minItems':3}",
                "{'type':'array','maxItems':0}",
                "{'anyOf':[{'type':'integer'},{'type':'string','enum':['a','ab']},{'type':'object','properties':{'k':{'const':1}},'required':['k']}]}",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'integer'}},'anyOf':[{'required':['a']},{'required':['b']}]}",
                "{'oneOf':[{'type':'object','properties':{'kind':{'const':'cat'},'lives':{'type':'integer'}},'required':['kind','lives']},{'type':'object','properties':{'kind':{'const':'dog'},'name':{'type':'string'}},'required':['kind']}]}",
                "{'allOf':[{'type':'object','properties':{'a':{'type':'integer','minimum':3}},'required':['a']},{'properties':{'a':{'maximum':5},'b':{'type':'boolean'}},'required':['b']}]}",
                "{'$ref':'#/$defs/node','$defs':{'node':{'type':'object','properties':{'value':{'type':'integer'},'next':{'anyOf':[{'$ref':'#/$defs/node'},{'type':'null'}]}},'required':['value','next'],'additionalProperties':false}}}",
                "{'type':'object','properties':{'children':{'type':'array','items':{'$ref':'#'}},'name':{'type':'string','maxLength':4}},'required':['name','children']}",
                "{'$defs':{'tree':{'anyOf':[{'type':'integer'},{'type':'array','items':{'$ref':'#/$defs/tree'},'minItems':1,'maxItems':2}]}},'type':'object','properties':{'t':{'$ref':'#/$defs/tree','description':'a tree'}},'required':['t']}",
                "{'type':['string','null'],'maxLength':2}",
                "{'properties':{'a':{'title':'A','default':3,'type':'integer'}},'title':'Untyped'}",
                "{'type':'object','properties':{'a~b':{'$ref':'#/$defs/a~1b%20c'}},'$defs':{'a/b c':{'type':'boolean'}},'required':['a~b']}",
                "{'type':'object','properties':{'\\u00e9\\n\\\"':{'type':'integer'}},'required':['\\u00e9\\n\\\"']}");
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void whateverEndsIsValid(String quoted) {
        String schema = quoted.replace('\'', '"');
        Supplier<TokenConstraint> constraint =
                CONSTRAINTS.of(AnswerFormat.newBuilder().setJsonSchema(schema).build(), false);
        Random random = new Random(schema.hashCode());
        int ended = 0;
        for (int i = 0; i < 25; i++) {
            String text = RandomAnswer.write(constraint.get(), TOKENIZER, random, 400);
            if (text != null) {
                ended++;
                assertThat(errors(schema, text)).as(text).isEmpty();
            }
        }
        assertThat(ended).isGreaterThan(2);
    }

    @Test
    void whateverEndsIsValidByRandomSchemas() {
        RandomSchema schemas = new RandomSchema(17);
        Random random = new Random(18);
        int ended = 0;
        for (int i = 0; i < 300; i++) {
            String schema = schemas.next().toString();
            Supplier<TokenConstraint> constraint = CONSTRAINTS.of(
                    AnswerFormat.newBuilder().setJsonSchema(schema).build(), false);
            for (int k = 0; k < 5; k++) {
                String text = RandomAnswer.write(constraint.get(), TOKENIZER, random, 300);
                if (text != null) {
                    ended++;
                    assertThat(errors(schema, text))
                            .as("%s by %s", text, schema)
                            .isEmpty();
                }
            }
        }
        assertThat(ended).isGreaterThan(700);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"number\",\"minimum\":-0.75,\"maximum\":12.05}; -0.75",
                "{\"type\":\"number\",\"minimum\":-0.75,\"maximum\":12.05}; 12.05",
                "{\"type\":\"number\",\"minimum\":-0.75,\"maximum\":12.05}; 12",
                "{\"type\":\"number\",\"minimum\":-0.75,\"maximum\":12.05}; 9.99",
                "{\"type\":\"integer\",\"minimum\":95,\"maximum\":105}; 100",
                "{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{}}}; {\"a\": [1, {\"x\": null}], \"b\": 2}",
                "{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{}}}; {}",
                "{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{}}}; {\"b\":1}",
                "{\"type\":\"string\",\"format\":\"email\"}; \"a.b@example.com\"",
                "{\"type\":\"string\",\"pattern\":\"b\"}; \"abc\"",
                "{\"type\":\"string\",\"pattern\":\"^a|b$\"}; \"axx\"",
                "{\"type\":\"string\",\"pattern\":\"^a|b$\"}; \"xxb\"",
                "{\"type\":\"string\",\"maxLength\":3}; \"\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\"",
                "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}; [ 1, 2,3 ]",
            })
    void takesWhatIsMeant(String schema, String text) {
        assertThat(errors(schema, text)).isEmpty();
        assertThat(accepts(schema, text)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"not\":{}}; #/not is not supported",
                "{\"type\":\"objekt\"}; #/type is 'objekt', which is no type",
                "{\"properties\":{\"a\":{\"pattern\":\"(?=x)\"}}}; #/properties/a/pattern has look-around",
                "{\"properties\":{\"a\":{\"pattern\":\"(a)\\\\1\"}}}; #/properties/a/pattern has \\1, which is not supported",
                "{\"properties\":{\"a\":{\"type\":\"string\",\"minLength\":5000}}}; #/properties/a/minLength must be at most",
                "{\"properties\":{\"a\":{\"type\":\"array\",\"uniqueItems\":true}}}; #/properties/a/uniqueItems is not supported",
                "{\"$ref\":\"#/$defs/b\"}; #/$ref refers to #/$defs/b, which is not there",
                "{\"$ref\":\"http://example.com/x\"}; #/$ref must refer to a place in this schema",
                "{\"$ref\":\"#\"}; # has no value of a finite size",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]}; # has no value of a finite size",
                "{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"number\"}]}; #/oneOf is only supported where",
                "{\"type\":\"integer\",\"multipleOf\":0.3}; #/multipleOf is 0.3, but",
                "{\"type\":\"integer\",\"minimum\":\"3\"}; #/minimum must be a number",
                "{\"type\":\"string\",\"pattern\":\"(((a{100}){100}){100})\"}; #/pattern",
                "{\"type\":\"object\",\"minProperties\":3,\"properties\":{\"a\":{}}}; #/minProperties is 3, but only 1",
                "[]; # must be a schema",
                "{\"type\":; is not well-formed JSON",
            })
    void refusesWhatCannotBeHonouredWithItsPath(String schema, String message) {
        assertThatThrownBy(() -> JsonSchema.compile(schema, Octets.ALL))
                .isInstanceOf(FormatException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void referencesThatMultiplyAreRefusedQuickly() {
        StringBuilder schema = new StringBuilder("{\"$ref\":\"#/$defs/a0\",\"$defs\":{");
        for (int i = 0; i < 25; i++) {
            String next = "{\"$ref\":\"#/$defs/a%d\"}".formatted(i + 1);
            schema.append("\"a%d\":{\"allOf\":[%s,%s]},".formatted(i, next, next));
        }
        schema.append("\"a25\":{\"type\":\"integer\"}}}");
        assertThatThrownBy(() -> JsonSchema.compile(schema.toString(), Octets.ALL))
                .hasMessageContaining("combines more than 50000 schemas");
    }

    @Test
    void manyLargePatternsAreRefused() {
        StringBuilder schema = new StringBuilder("{\"properties\":{");
        for (int i = 0; i < 100; i++) {
            schema.append("%s\"p%d\":{\"maxLength\":%d,\"type\":\"string\"}".formatted(i == 0 ? "" : ",", i, 1500 + i));
        }
        schema.append("}}");
        assertThatThrownBy(() -> JsonSchema.compile(schema.toString(), Octets.ALL))
                .hasMessageMatching("needs more than 200000 states|takes more than 10 seconds to compile");
    }

    @Test
    void aRecursiveSchemaNestsNoDeeperThanTheLimit() {
        String schema = "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}},\"additionalProperties\":false}";
        assertThat(accepts(schema, "{\"a\":".repeat(32) + "{}" + "}".repeat(32)))
                .isTrue();
        assertThat(accepts(schema, "{\"a\":".repeat(33) + "{}" + "}".repeat(33)))
                .isFalse();
    }
}
