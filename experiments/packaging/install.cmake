# What `cmake --install` puts under a prefix, and what `cpack` puts into the .deb.
#
#   bin/tickwire, bin/tickwire-bench                the programs (tickwire-bench if it was built)
#   include/tickwire/, lib/, lib/cmake/Tickwire/    find_package(Tickwire): Tickwire::sim_core_run ...
#   share/tickwire/scenarios/                       what `tickwire list` shows
#   share/man, share/bash-completion, ...           made by the program itself
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Programs. The benchmark stays out of the .deb, which would need the benchmark library with it.
install(TARGETS tickwire COMPONENT tickwire)
if(TARGET tickwire-bench)
  install(TARGETS tickwire-bench COMPONENT benchmarks OPTIONAL)
endif()

# Libraries, headers, schema.
get_property(modules GLOBAL PROPERTY TICKWIRE_MODULES)
foreach(module IN LISTS modules)
  string(REGEX REPLACE "^tickwire_" "" export_name ${module})
  set_target_properties(${module} PROPERTIES EXPORT_NAME ${export_name})
endforeach()
install(TARGETS ${modules} EXPORT TickwireTargets COMPONENT tickwire)
set(include_dir ${CMAKE_INSTALL_INCLUDEDIR}/tickwire)
file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS
     sim_core/*.h protocols/*.h topologies/*.h topologies/*.proto experiments/run/*.h
     experiments/view/*.h experiments/export/*.h experiments/cli/*.h)
foreach(header IN LISTS headers)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${header} DESTINATION ${include_dir}/${folder} COMPONENT tickwire)
endforeach()
install(DIRECTORY ${PROJECT_BINARY_DIR}/generated/ DESTINATION ${include_dir} COMPONENT tickwire
        FILES_MATCHING PATTERN "*.pb.h")

# The CMake package.
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Tickwire)
install(EXPORT TickwireTargets NAMESPACE Tickwire:: DESTINATION ${package_dir} COMPONENT tickwire)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/TickwireConfig.cmake.in
  ${PROJECT_BINARY_DIR}/TickwireConfig.cmake INSTALL_DESTINATION ${package_dir}
  PATH_VARS include_dir NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/TickwireConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/TickwireConfig.cmake
              ${PROJECT_BINARY_DIR}/TickwireConfigVersion.cmake
        DESTINATION ${package_dir} COMPONENT tickwire)

# What people read. The program writes its own manual page and completion.
function(tickwire_writes file folder)
  set(path ${PROJECT_BINARY_DIR}/share/${file})
  add_custom_command(OUTPUT ${path} COMMAND tickwire ${ARGN} > ${path} DEPENDS tickwire VERBATIM)
  set_property(GLOBAL APPEND PROPERTY TICKWIRE_WRITTEN ${path})
  install(FILES ${path} DESTINATION ${folder} COMPONENT tickwire)
endfunction()
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share)
tickwire_writes(tickwire.1 ${CMAKE_INSTALL_MANDIR}/man1 man)
tickwire_writes(tickwire ${CMAKE_INSTALL_DATADIR}/bash-completion/completions completion bash)
tickwire_writes(_tickwire ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions completion zsh)
tickwire_writes(tickwire.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d completion fish)
get_property(written GLOBAL PROPERTY TICKWIRE_WRITTEN)
add_custom_target(tickwire_documents ALL DEPENDS ${written})
install(DIRECTORY experiments/scenarios experiments/studies DESTINATION ${CMAKE_INSTALL_DATADIR}/tickwire
        COMPONENT tickwire FILES_MATCHING PATTERN "*.textproto" PATTERN "*.md" PATTERN "*.svg")
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/tickwire
        COMPONENT tickwire OPTIONAL)

# The .deb: `cpack` in the build tree.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tickwire)
set(CPACK_PACKAGE_CONTACT "Tickwire <tickwire@localhost>")
set(CPACK_PACKAGE_VENDOR "Tickwire")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL tickwire)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "wireshark | tshark")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS  # to build against the libraries
    "libabsl-dev, libprotobuf-dev, protobuf-compiler, libxxhash-dev, libssl-dev, nlohmann-json3-dev")
set(CPACK_PACKAGE_DESCRIPTION
"Runs scenarios of SIP, UDP and IP traffic over lossy links in virtual time, with
real bytes on the wire, and draws them as ladder diagrams. The same scenario and
seed give the same trace everywhere.")
include(CPack)
