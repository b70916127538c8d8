package dev.pargo.evaluation.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.nio.file.Files;

/** The allowed dependencies between modules, and the rules within each. */
@AnalyzeClasses(locations = Product.class)
class ArchitectureTest {

    private static final String PROTO = "dev.pargo.proto..";
    private static final String MODELS = "dev.pargo.models..";
    private static final String SERVICE = "dev.pargo.service..";
    private static final String STAGE = "dev.pargo.stage..";
    private static final String ENCODER = "dev.pargo.encoder..";
    private static final String PROJECTOR = "dev.pargo.projector..";
    private static final String LLM = "dev.pargo.llm..";
    private static final String GATEWAY = "dev.pargo.gateway..";
    private static final String EVALUATION = "dev.pargo.evaluation..";
    private static final String ATTACK = "dev.pargo.evaluation.attack..";
    private static final String GATEWAY_BENCH = "dev.pargo.evaluation.bench.gateway..";
    private static final String SPRING = "org.springframework..";
    private static final String GRPC = "io.grpc..";
    private static final String PROTOBUF = "com.google.protobuf..";
    private static final String DJL = "ai.djl..";

    @ArchTest
    static final ArchRule protoKnowsNobody = noClasses()
            .that()
            .resideInAPackage(PROTO)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MODELS, SERVICE, STAGE, ENCODER, PROJECTOR, LLM, GATEWAY, EVALUATION, SPRING, DJL);

    @ArchTest
    static final ArchRule modelsKnowNeitherServicesNorWire = noClasses()
            .that()
            .resideInAPackage(MODELS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    PROTO, SERVICE, STAGE, ENCODER, PROJECTOR, LLM, GATEWAY, EVALUATION, SPRING, GRPC, PROTOBUF);

    @ArchTest
    static final ArchRule serviceKnowsNeitherNetworksNorWire = noClasses()
            .that()
            .resideInAPackage(SERVICE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PROTO, MODELS, STAGE, ENCODER, PROJECTOR, LLM, GATEWAY, EVALUATION, DJL);

    @ArchTest
    static final ArchRule stageKnowsNetworksInOnePackage = noClasses()
            .that()
            .resideInAPackage(STAGE)
            .and()
            .resideOutsideOfPackage("dev.pargo.stage.network")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MODELS, ENCODER, PROJECTOR, LLM, GATEWAY, EVALUATION, DJL);

    @ArchTest
    static final ArchRule encoderKnowsNoOtherService = noClasses()
            .that()
            .resideInAPackage(ENCODER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PROJECTOR, LLM, GATEWAY, EVALUATION);

    @ArchTest
    static final ArchRule projectorKnowsNoOtherService = noClasses()
            .that()
            .resideInAPackage(PROJECTOR)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ENCODER, LLM, GATEWAY, EVALUATION);

    @ArchTest
    static final ArchRule llmKnowsNoOtherService = noClasses()
            .that()
            .resideInAPackage(LLM)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ENCODER, PROJECTOR, GATEWAY, EVALUATION);

    @ArchTest
    static final ArchRule gatewayKnowsTheWireOnly = noClasses()
            .that()
            .resideInAPackage(GATEWAY)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MODELS, STAGE, ENCODER, PROJECTOR, LLM, EVALUATION, DJL);

    @ArchTest
    static final ArchRule evaluationKnowsNoService = noClasses()
            .that()
            .resideInAPackage(EVALUATION)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MODELS, SERVICE, STAGE, ENCODER, PROJECTOR, LLM, GATEWAY, SPRING, DJL);

    @ArchTest
    static final ArchRule evaluationSpeaksHttpExceptWhenItAttacksOrReplacesStages = noClasses()
            .that()
            .resideInAPackage(EVALUATION)
            .and()
            .resideOutsideOfPackages(ATTACK, GATEWAY_BENCH)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PROTO, GRPC, PROTOBUF);

    @ArchTest
    static final ArchRule packagesOfAModuleFormNoCycles =
            slices().assignedFrom(new Packages()).should().beFreeOfCycles();

    @ArchTest
    static final ArchRule namesTellWhatAClassIs =
            classes().should().haveNameNotMatching(".*(Util|Utils|Helper|Helpers|Manager)$");

    @ArchTest
    static void everyModuleIsLookedAt(JavaClasses product) throws IOException {
        assertThat(Files.readString(Repository.file("pom.xml")).split("<module>(?!clients/)"))
                .hasSize(Product.MODULES.size() + 1);
        assertThat(Product.MODULES)
                .allSatisfy(module -> assertThat(Product.classes(module)).isNotEmpty());
        assertThat(product).hasSizeGreaterThan(300);
    }

    /** One slice for each package, without the generated messages. */
    private static final class Packages implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }
}
