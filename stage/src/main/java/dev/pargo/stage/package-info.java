/** What every stage service shares, wired for Spring Boot by {@link dev.pargo.stage.StageConfiguration}. */
@NullMarked
package dev.pargo.stage;

import org.jspecify.annotations.NullMarked;
