SwaggerUIBundle({
  url: document.body.dataset.contract,
  dom_id: "#page",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
});
