// Swagger UI of the document beside this page. It asks no other host: no validator's badge, no fonts, no analytics.
window.addEventListener("load", () => {
  window.ui = SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#swagger-ui",
    validatorUrl: null,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    // The login is the one typed into "Authorize". Without this the browser would ask for another one after a 401.
    requestInterceptor: (request) => ({ ...request, credentials: "omit" }),
  });
});
