package dev.pargo.evaluation.deployment;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pargo.evaluation.stack.Repository;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks objects against the kinds of Kubernetes (fabric8's model) and of operators (the schemas of their resource
 * definitions). Unknown fields are faults, although a cluster would silently drop them.
 */
final class KubernetesSchemas {

    private static final Map<String, Class<?>> MODEL = Map.of(
            "v1 Service", Service.class,
            "v1 ServiceAccount", ServiceAccount.class,
            "v1 ConfigMap", ConfigMap.class,
            "apps/v1 Deployment", Deployment.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
            "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
            "autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class);

    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new NoAnySetters());

    private final Map<String, Schema> definitions = new HashMap<>();

    KubernetesSchemas() throws IOException {
        try (Stream<Path> files = Files.list(Repository.file("evaluation/src/test/fixtures/crds"))) {
            for (Path file : files.toList()) {
                Map<String, Object> definition = new Yaml().load(Files.readString(file));
                close(definition.get("schema"));
                Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(JsonMapper.shared().writeValueAsString(definition.get("schema")), InputFormat.JSON);
                definitions.put(name(definition), schema);
            }
        }
    }

    /** Forbids fields that a schema does not name, except in objects without named fields, such as metadata. */
    @SuppressWarnings("unchecked")
    private static void close(Object schema) {
        if (schema instanceof Map<?, ?> map) {
            if (map.get("properties") instanceof Map<?, ?> && !map.containsKey("additionalProperties")) {
                ((Map<String, Object>) map).put("additionalProperties", false);
            }
            map.values().forEach(KubernetesSchemas::close);
        } else if (schema instanceof List<?> list) {
            list.forEach(KubernetesSchemas::close);
        }
    }

    /** The faults of an object; empty if it is valid. */
    List<String> faults(Map<String, Object> object) {
        Class<?> model = MODEL.get(name(object));
        if (model != null) {
            try {
                STRICT.convertValue(object, model);
                return List.of();
            } catch (IllegalArgumentException refused) {
                return List.of(refused.getMessage());
            }
        }
        Schema schema = definitions.get(name(object));
        if (schema == null) {
            return List.of("no schema of " + name(object));
        }
        return schema.validate(JsonMapper.shared().writeValueAsString(object), InputFormat.JSON).stream()
                .map(Error::toString)
                .toList();
    }

    private static String name(Map<String, Object> object) {
        return object.get("apiVersion") + " " + object.get("kind");
    }

    /** fabric8's classes keep unknown fields; without the setters for them these are refused. */
    private static final class NoAnySetters extends JacksonAnnotationIntrospector {

        private static final long serialVersionUID = 1L;

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }
    }
}
