# `cmake --install`: both libraries and the header, for find_package(oneglyph) with the targets
# oneglyph::oneglyph and oneglyph::oneglyph_static, and for pkg-config; and the model of the page.
include(CMakePackageConfigHelpers)
set_target_properties(oneglyph_core PROPERTIES EXPORT_NAME oneglyph_static)
# Until 1.0 a minor version may change what programs were compiled against.
set_target_properties(oneglyph_shared PROPERTIES EXPORT_NAME oneglyph VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/oneglyph)
set(data ${CMAKE_INSTALL_DATADIR}/oneglyph)
install(TARGETS oneglyph_core oneglyph_shared EXPORT oneglyph-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES oneglyph.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_SOURCE_DIR}/models/glyph.safetensors DESTINATION ${data})
install(EXPORT oneglyph-targets NAMESPACE oneglyph:: DESTINATION ${package})

configure_package_config_file(install/oneglyph-config.cmake.in oneglyph-config.cmake
  INSTALL_DESTINATION ${package} PATH_VARS data)
write_basic_package_version_file(oneglyph-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/oneglyph-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/oneglyph-config-version.cmake DESTINATION ${package})

# From where the file lies to the prefix, so that an installed tree may be moved.
file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(install/oneglyph.pc.in oneglyph.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/oneglyph.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
