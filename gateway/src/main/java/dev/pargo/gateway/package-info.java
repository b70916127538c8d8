/** The REST gateway: conducts the stages and speaks OpenAI's chat format. */
@NullMarked
package dev.pargo.gateway;

import org.jspecify.annotations.NullMarked;
