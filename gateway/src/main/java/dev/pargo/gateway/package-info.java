/** The REST gateway: calls the stages and offers OpenAI's API. */
@NullMarked
package dev.pargo.gateway;

import org.jspecify.annotations.NullMarked;
