package dev.pargo.evaluation.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.LocationProvider;
import dev.pargo.evaluation.stack.Repository;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The compiled classes of all modules; the reactor has compiled them before this module. */
final class Product implements LocationProvider {

    static final List<String> MODULES = List.of(
            "proto",
            "models",
            "service",
            "stage",
            "encoder-service",
            "projector-service",
            "llm-service",
            "gateway",
            "evaluation");

    @Override
    public Set<Location> get(Class<?> testClass) {
        return MODULES.stream()
                .map(module -> Location.of(Repository.file(module + "/target/classes")))
                .collect(Collectors.toSet());
    }

    static JavaClasses classes(String module) {
        return new ClassFileImporter().importPath(Repository.file(module + "/target/classes"));
    }
}
