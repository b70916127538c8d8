package dev.pargo.projector;

import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.memory.NetworkUse;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.projector.QueryLayout;
import dev.pargo.models.torch.Placement;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.QueryTokens;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.proto.v1.TokenTensor;
import dev.pargo.stage.StageProperties;
import dev.pargo.stage.StageServices;
import dev.pargo.stage.call.BatchedStage;
import dev.pargo.stage.inference.InferenceConfiguration;
import dev.pargo.stage.network.NetworkConfiguration;
import dev.pargo.stage.network.ServedPart;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Creates a running projector from the bundle. */
@Configuration(proxyBeanMethods = false)
@Import({NetworkConfiguration.class, InferenceConfiguration.class})
class ProjectorConfiguration {

    /** Types that a projector accepts. It computes in its own precision, whatever the encoder's is. */
    private static final List<DataType> INPUT_TYPES = List.of(DataType.FLOAT32, DataType.FLOAT16, DataType.BFLOAT16);

    @Bean
    ServedPart part(ModelBundle bundle, StageProperties properties) {
        TokenRange range = TokenRange.of(bundle);
        long rows = picturesOfAPass(range, properties) * Math.max(range.most(), range.mostOut());
        return new ServedPart(
                BundlePart.PROJECTOR,
                bundle.projector(),
                bundle.projector().fingerprint(),
                true,
                NetworkUse.ofRows(rows));
    }

    /** How many of the largest pictures share a forward pass: a full batch of pictures of one size, or else one. */
    private static long picturesOfAPass(TokenRange range, StageProperties properties) {
        return range.isFixed() ? properties.batch().maxSize() : 1;
    }

    @Bean
    Projector projector(ModelBundle bundle, Placement placement) {
        return Projector.load(bundle.projector(), placement);
    }

    @Bean
    ProjectorDescription description(
            ModelBundle bundle, StageIdentity identity, Projector projector, Placement placement) {
        TokenRange range = TokenRange.of(bundle);
        ProjectorDescription.Builder description = ProjectorDescription.newBuilder()
                .setIdentity(identity)
                .setInput(TokenTensor.newBuilder()
                        .setTokens(range.most())
                        .setMinTokens(range.isFixed() ? 0 : 1)
                        .setWidth(projector.config().inputWidth())
                        .addAllDtypes(INPUT_TYPES))
                .setOutput(TokenTensor.newBuilder()
                        .setTokens(range.mostOut())
                        .setMinTokens(range.isFixed() ? 0 : 1)
                        .setWidth(projector.config().outputWidth())
                        .addDtypes(
                                DataType.valueOf(placement.precision().dtype().name())));
        projector.config().queryTokens().map(ProjectorConfiguration::describe).ifPresent(description::setQueryTokens);
        return description.build();
    }

    private static QueryTokens describe(QueryLayout tokens) {
        return QueryTokens.newBuilder()
                .setPartial(tokens.partial())
                .setGlobal(tokens.global())
                .setPatches(tokens.patches())
                .setHeads(tokens.heads())
                .addAllCrossLayers(tokens.crossLayers())
                .build();
    }

    @Bean
    ProjectorModel inferenceModel(ProjectorDescription description, Projector projector) {
        return new ProjectorModel(description, projector.config());
    }

    @Bean
    BatchedStage<Projection> stageOfFeatures(
            ModelBundle bundle,
            Projector projector,
            StageIdentity identity,
            StageProperties properties,
            StageServices services) {
        TokenRange range = TokenRange.of(bundle);
        long rows = picturesOfAPass(range, properties) * range.most();
        return services.batched(
                "project", new ProjectionBatch(projector, identity.getFingerprint(), rows), ProbeFeatures.of(bundle));
    }
}
